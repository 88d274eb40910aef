import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Parameter, type Random, SafetensorsFile, UnmaskError, writeSafetensors } from '@unmask/tensor-core';
import type { PeftConfig } from './config.js';
import type { AdapterExport, BaseModel } from './method.js';
import { DEFAULT_ADAPTER, PeftModel } from './peft-model.js';
import { methodOf } from './registry.js';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
/** What HF PEFT puts before each name, after the classes that it wraps around the model. */
const PREFIX = 'base_model.model.';
/** What HF PEFT writes besides of modules that train in full when all biases train: copies, and the base's own values. */
const DUPLICATE = /\.(modules_to_save|original_module)\..*bias$/;

/**
 * Writes an adapter as HF PEFT does: `adapter_config.json` and `adapter_model.safetensors`, each whole or not at all, the
 * configuration last.
 * @param folder is made if need be; an adapter that is in it is replaced
 * @throws UnmaskError for an unknown adapter
 */
export async function saveAdapter(model: PeftModel, folder: string, name = DEFAULT_ADAPTER): Promise<void> {
  const { config: fields, tensors } = exportAdapter(model, name);
  const config = Object.fromEntries(Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1)));
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, WEIGHTS), tensors.map(({ values, ...tensor }) => ({ ...tensor, dtype: 'F32' as const, data: values })), { format: 'pt' });
  const temporary = join(folder, `${CONFIG}.${randomUUID()}.tmp`);
  await writeFile(temporary, `${JSON.stringify(config, null, 2)}\n`);
  await rename(temporary, join(folder, CONFIG));
}

/** What an adapter's files hold. */
export interface ExportedAdapter {
  /** The fields of adapter_config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** In the order of adapter_model.safetensors, under its names. `values` reads a copy. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly values: () => Float32Array }[];
}

/** An adapter as {@link saveAdapter} writes it. @throws UnmaskError for an unknown adapter */
export function exportAdapter(model: PeftModel, name = DEFAULT_ADAPTER): ExportedAdapter {
  const adapter = model.adapters.get(name);
  if (!adapter) throw new UnmaskError(`there is no adapter "${name}" to save; there are ${[...model.adapters.keys()].join(', ')}`, { code: 'not-found' });
  const { config: changed, tensors: replaced } = adapter.export?.() ?? { config: {}, tensors: new Map() as AdapterExport['tensors'] };
  const tensors = namedTensors(model, name).map(([key, parameter]) => {
    const { shape, values } = replaced.get(parameter) ?? { shape: parameter.shape, values: undefined };
    return { name: key, shape, values: () => values ?? parameter.read().slice() };
  });
  return { config: { ...adapter.config, ...changed, inference_mode: true }, tensors };
}

/**
 * Loads an adapter that HF PEFT or {@link saveAdapter} wrote and puts it into a model.
 * @param base a base model, or one with other adapters, to which this one is added under `name`
 * @throws UnmaskError for files that are missing or malformed, tensors that do not fit, or a configuration that asks for more than is known
 */
export async function loadAdapter(base: BaseModel | PeftModel, folder: string, { random, name = DEFAULT_ADAPTER }: { readonly random: Random; readonly name?: string }): Promise<PeftModel> {
  const config = await readConfig(join(folder, CONFIG));
  const file = await SafetensorsFile.open(join(folder, WEIGHTS));
  const given = base instanceof PeftModel;
  const model = given ? base : new PeftModel(base);
  try {
    model.addAdapter(name, config, random);
    await fill(file, namedTensors(model, name), model, folder);
    return model;
  } catch (error) {
    if (model.adapters.has(name)) model.deleteAdapter(name);
    if (!given) model.unload();
    throw error;
  } finally {
    await file.close();
  }
}

/** An adapter's parameters under the names of its file. */
function namedTensors(model: PeftModel, name: string): [key: string, parameter: Parameter][] {
  const { layers, shared, config } = model.adapters.get(name)!;
  const { filePrefix = PREFIX } = methodOf(config.peft_type);
  const own = [...layers.values()].flatMap((layer) => layer.parameters()).map((parameter): [string, Parameter] => [filePrefix + parameter.name, parameter]);
  return [...own, ...(shared?.namedParameters() ?? [])];
}

async function fill(file: SafetensorsFile, named: readonly [string, Parameter][], model: PeftModel, folder: string): Promise<void> {
  const keys = new Set(named.map(([key]) => key));
  for (const key of file.entries.keys()) {
    if (keys.has(key) || DUPLICATE.test(key) || (await isOfBase(file, key, model))) continue;
    throw new UnmaskError(`${folder}: the adapter holds "${key}", which has no place in this model: is it the model that the adapter was trained on?`, { code: 'bad-file' });
  }
  for (const [key, parameter] of named) {
    const shape = file.entries.get(key)?.shape;
    if (!shape) throw new UnmaskError(`${folder}: the adapter lacks "${key}"`, { code: 'bad-file' });
    if (shape.join() !== parameter.shape.join()) {
      throw new UnmaskError(`${folder}: "${key}" has shape [${shape.join(', ')}], this model and configuration make it [${parameter.shape.join(', ')}]`, { code: 'bad-file' });
    }
  }
  for (const [key, parameter] of named) await parameter.fill((target) => file.readFloat32Into(key, target));
}

/** Whether a tensor is one of the base model's, with its values: HF PEFT saves the words beside an adapter of them. */
async function isOfBase(file: SafetensorsFile, key: string, { base }: PeftModel): Promise<boolean> {
  if (!key.startsWith(PREFIX)) return false;
  const name = key.slice(PREFIX.length).replace('.base_layer.', '.');
  const own = base.model.namedParameters().find(([path]) => path === name)?.[1].read();
  return own !== undefined && (await file.readFloat32(key)).every((value, index) => value === own[index]);
}

async function readConfig(path: string): Promise<PeftConfig & Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new UnmaskError(`cannot open ${path} (${(cause as NodeJS.ErrnoException).code}): is it an adapter's folder?`, { code: 'not-found', cause });
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null && 'peft_type' in config) return config as PeftConfig & Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new UnmaskError(`${path} is no JSON: download or export it again`, { code: 'bad-file', cause });
  }
  throw new UnmaskError(`${path} has no peft_type: is it an adapter's configuration?`, { code: 'bad-file' });
}
