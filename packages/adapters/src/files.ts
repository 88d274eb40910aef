import { families, type TransformerModel } from '@unmask/models';
import { type ConstructionLimit, type Embedding, ensureFolder, factsOf, joinPath, Layer, type Linear, Parameter, Random, readJsonFile, SafetensorsFile, UnmaskError, writeSafetensors, writeWhole } from '@unmask/tensor-core';
import { isOfWords } from './parts/full-layer.js';
import { baseOf } from './model/get-peft-model.js';
import type { AdapterExport, BaseModel, IndexTensor } from './method.js';
import type { Adapter } from './model/adapter.js';
import { DEFAULT_ADAPTER, PeftModel } from './model/peft-model.js';
import { adapterConfig, methodOf } from './registry.js';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
/** What HF PEFT wrote before. */
const PICKLE = 'adapter_model.bin';
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
  await ensureFolder(folder);
  await writeSafetensors(joinPath(folder, WEIGHTS), tensors.map(({ values, ...tensor }) => ({ ...tensor, data: values })), { format: 'pt' });
  await writeWhole(joinPath(folder, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

/** What an adapter's files hold. */
export interface ExportedAdapter {
  /** The fields of adapter_config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** In the order of adapter_model.safetensors. */
  readonly tensors: readonly ExportedTensor[];
}

/** A tensor under its name in adapter_model.safetensors. */
export interface ExportedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** I32 are indices. */
  readonly dtype: 'F32' | 'I32';
  /** Reads a copy. */
  readonly values: () => Float32Array | Int32Array;
}

/** An adapter as {@link saveAdapter} writes it. @throws UnmaskError for an unknown adapter */
export function exportAdapter(model: PeftModel, name = DEFAULT_ADAPTER): ExportedAdapter {
  const adapter = model.adapters.get(name);
  if (!adapter) throw new UnmaskError(`there is no adapter "${name}" to save; there are ${[...model.adapters.keys()].join(', ')}`, { code: 'not-found' });
  const { config: changed, tensors: replaced } = adapter.export?.() ?? { config: {}, tensors: new Map() as AdapterExport['tensors'] };
  const tensors = namedTensors(model, name).flatMap(([key, parameter]): ExportedTensor[] => {
    if (!replaced.has(parameter)) return [{ name: key, dtype: 'F32', shape: parameter.shape, values: () => parameter.read().slice() }];
    const other = replaced.get(parameter);
    return other ? [{ name: key, dtype: 'F32', shape: other.shape, values: () => other.values }] : [];
  });
  const indices = namedIndices(model, name).map(([key, { shape, read }]): ExportedTensor => ({ name: key, dtype: 'I32', shape, values: read }));
  return { config: { ...adapter.config, ...changed, inference_mode: true }, tensors: [...tensors, ...indices] };
}

/**
 * Loads an adapter that HF PEFT or {@link saveAdapter} wrote and puts it into a model.
 * @param base a base model, or one with other adapters, to which this one is added under `name`. An adapter of the bare model,
 *   without a head, goes into the model below the head
 * @param random where values come from that a method makes as it goes; of a fixed seed when left out
 * @throws UnmaskError for files that are missing or malformed, tensors that do not fit, or a configuration that asks for more than is known
 */
export async function loadAdapter(
  base: BaseModel | TransformerModel | PeftModel,
  folder: string,
  { random = new Random(0), name = DEFAULT_ADAPTER }: { readonly random?: Random; readonly name?: string } = {},
): Promise<PeftModel> {
  const given = base instanceof PeftModel;
  const model = given ? base : new PeftModel(baseOf(base));
  try {
    await readInto(model, folder, name, random);
  } catch (error) {
    if (!given) model.unload();
    throw error;
  }
  model.setAdapter(name);
  return model;
}

/**
 * Puts the adapter of a folder in the place of one that a model has, whole or not at all, while the model is in use: it has the
 * same name and is active where that one was (HF PEFT utils/hotswap.py, where it must be LoRA with the same layers; here it is any).
 * @throws UnmaskError as {@link loadAdapter}; the model is then as it was
 */
export async function hotSwapAdapter(model: PeftModel, folder: string, { name = DEFAULT_ADAPTER, random = new Random(0) }: { readonly name?: string; readonly random?: Random } = {}): Promise<void> {
  if (!model.adapters.has(name)) throw new UnmaskError(`there is no adapter "${name}" to replace; there are ${[...model.adapters.keys()].join(', ') || 'none'}`, { code: 'not-found' });
  const incoming = `${name} (incoming)`;
  await readInto(model, folder, incoming, random);
  model.replaceAdapter(name, incoming);
}

/** Adds the adapter of a folder to a model, not active, or leaves the model as it was. */
async function readInto(model: PeftModel, folder: string, name: string, random: Random): Promise<void> {
  const config = adapterConfig(await readConfig(folder), { finished: true });
  const file = await openWeights(folder);
  let added = false;
  try {
    const root = rootOf(file, model.base);
    model.attachAdapter(name, config, { random, limit: limitOf(file), root, filled: true, words: resizedWords(file, model.base, root) });
    added = true;
    await fill(file, namedTensors(model, name), namedIndices(model, name), model.base, model.adapters.get(name)!.root, folder);
  } catch (error) {
    if (added) model.deleteAdapter(name);
    throw error;
  } finally {
    await file.close();
  }
}

/** How large an adapter of this file can be: as large as that and once more, so that what does not fit is told by name. */
function limitOf({ entries }: SafetensorsFile): ConstructionLimit {
  const scalars = [...entries.values()].reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
  return { parameters: 2 * entries.size + 1024, scalars: 2 * scalars + 2 ** 22 };
}

/** The part of the model that an adapter's names begin in: that below the head, for one of the bare model (HF's AutoModel). */
function rootOf({ entries }: SafetensorsFile, { model, config }: BaseModel): string {
  const prefix = families.find(({ modelType }) => modelType === config.model_type)?.baseModelPrefix;
  const paths = model.namedModules().map(([path]) => `${path}.`);
  const has = (name: string) => paths.some((path) => path.startsWith(`${name}.`));
  const firsts = new Set([...entries.keys()].filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length).split('.')[0]));
  return prefix !== undefined && [...firsts].some((first) => !has(first) && has(`${prefix}.${first}`)) ? prefix : '';
}

/** Layers of words that a file has whole with another number of them than the model has: HF PEFT saves a vocabulary that was resized so. */
function resizedWords({ entries }: SafetensorsFile, { model }: BaseModel, root: string): Map<string, number> {
  const inFile = (path: string) => `${PREFIX}${root === '' ? path : path.slice(root.length + 1)}.weight`;
  const words = model.namedModules().filter((entry): entry is [string, Embedding | Linear] => entry[1] instanceof Layer && isOfWords(model, entry[1]));
  return new Map(
    words.flatMap(([path, { weight }]) => {
      const [count, size] = entries.get(inFile(path))?.shape ?? [];
      return size === weight.shape[1] && count !== weight.shape[0] ? [[path, count] as const] : [];
    }),
  );
}

/** What files have before the names of an adapter's layers, and what they leave out of these. */
function namesOf({ config, root }: Pick<Adapter, 'config' | 'root'>): (path: string) => string {
  const { filePrefix = PREFIX } = methodOf(config.peft_type);
  return (path) => filePrefix + (root === '' ? path : path.slice(root.length + 1));
}

/** An adapter's parameters under the names of its file. */
function namedTensors(model: PeftModel, name: string): [key: string, parameter: Parameter][] {
  const adapter = model.adapters.get(name)!;
  const inFile = namesOf(adapter);
  const own = [...adapter.layers].flatMap(([path, layer]) => layer.namedParameters(inFile(path)));
  return [...own, ...((adapter.sharedInFile ?? true) ? (adapter.shared?.namedParameters() ?? []) : [])];
}

/** An adapter's indices under the names of its file. */
function namedIndices(model: PeftModel, name: string): [key: string, indices: IndexTensor][] {
  const adapter = model.adapters.get(name)!;
  const inFile = namesOf(adapter);
  return [...adapter.layers].flatMap(([path, layer]) => layer.indexTensors.map((indices): [string, IndexTensor] => [`${inFile(path)}.${indices.name}`, indices]));
}

async function fill(file: SafetensorsFile, named: readonly [string, Parameter][], indices: readonly [string, IndexTensor][], base: BaseModel, root: string, folder: string): Promise<void> {
  const keys = new Set([...named, ...indices].map(([key]) => key));
  const replaced = new Set(named.map(([, { name }]) => parameterAt(base.model, name)));
  for (const key of file.entries.keys()) {
    if (!keys.has(key) && !DUPLICATE.test(key)) await checkOfBase(file, key, base, root, { folder, replaced });
  }
  for (const [key, { shape: own }] of [...named, ...indices]) {
    const shape = file.entries.get(key)?.shape;
    if (!shape) throw new UnmaskError(`${folder}: the adapter lacks "${key}"`, { code: 'bad-file' });
    if (shape.join() !== own.join()) {
      throw new UnmaskError(`${folder}: "${key}" has shape [${shape.join(', ')}], this model and configuration make it [${own.join(', ')}]`, { code: 'bad-file' });
    }
  }
  for (const [key, { write }] of indices) write(await file.readInt32(key));
  for (const [key, parameter] of named) await parameter.fill((target) => file.readFloat32Into(key, target));
}

/**
 * Passes over a tensor that is one of the base model's, with its values, as HF PEFT saves words and heads beside an adapter of
 * one of them, or that the adapter has under another name.
 * @throws UnmaskError when it is none, or has other values
 */
async function checkOfBase(file: SafetensorsFile, key: string, { model }: BaseModel, root: string, { folder, replaced }: { readonly folder: string; readonly replaced: ReadonlySet<Parameter | undefined> }): Promise<void> {
  const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length).replace('.base_layer.', '.') : '';
  const own = parameterAt(model, root === '' ? name : `${root}.${name}`);
  if (!own) throw new UnmaskError(`${folder}: the adapter holds "${key}", which has no place in this model: is it the model that the adapter was trained on?`, { code: 'bad-file' });
  if (replaced.has(own)) return;
  const shape = file.entries.get(key)!.shape;
  const values = shape.join() === own.shape.join() ? await file.readFloat32(key) : undefined;
  const expected = own.read();
  if (values?.every((value, index) => value === expected[index])) return;
  throw new UnmaskError(
    `${folder}: the adapter was trained on other values of "${name}", [${shape.join(', ')}], than this model has, [${own.shape.join(', ')}]: merge it in Python with PEFT, merge_and_unload(), or give the model that it was trained on`,
    { code: 'bad-file' },
  );
}

/** The parameter under a name, also one that has another name besides. */
function parameterAt(model: TransformerModel, name: string): Parameter | undefined {
  const [path, key] = [name.slice(0, Math.max(0, name.lastIndexOf('.'))), name.slice(name.lastIndexOf('.') + 1)];
  const module = model.namedModules().find(([each]) => each === path)?.[1];
  const found = Object.entries(module ?? {}).find(([each]) => each === key)?.[1] as unknown;
  return found instanceof Parameter ? found : undefined;
}

async function readConfig(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const config = await readJsonFile(joinPath(folder, CONFIG));
  if (!config) throw new UnmaskError(`${folder} has no ${CONFIG}: is it an adapter's folder?`, { code: 'not-found' });
  if ('peft_type' in config) return config;
  throw new UnmaskError(`${joinPath(folder, CONFIG)} has no peft_type: is it an adapter's configuration?`, { code: 'bad-file' });
}

async function openWeights(folder: string): Promise<SafetensorsFile> {
  const has = async (name: string) => (await factsOf(joinPath(folder, name))) !== undefined;
  if (!(await has(WEIGHTS)) && (await has(PICKLE))) {
    throw new UnmaskError(`${folder} holds ${PICKLE}, a pickle that can run code when it is read: load it in Python with PEFT and save it again, model.save_pretrained(folder), which writes ${WEIGHTS}`, { code: 'unsupported' });
  }
  return SafetensorsFile.open(joinPath(folder, WEIGHTS));
}
