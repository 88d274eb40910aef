import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deltaStatistics, loadDelta, type DeltaStatistics } from '@unmask/id3';
import { readJsonFile, SafetensorsFile, UnmaskError } from '@unmask/tensor-core';
import { CARD, FILES, readCard } from '@unmask/trainer';
import { type TensorFacts, tensorsOf } from './tensors.js';

/** What a file or a folder is and holds. */
export interface Inspection {
  readonly what: 'trained model' | 'run' | 'adapter' | 'checkpoint' | 'delta' | 'safetensors file';
  readonly path: string;
  /** What its own files say about it. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Tensors of its weights; of a delta none, since they are parts of others. */
  readonly tensors?: readonly TensorFacts[];
  /** Of a change to some entries: where they are. */
  readonly delta?: DeltaStatistics;
}

/**
 * Looks into a safetensors file or a folder: of a trained model, a run, an adapter or a checkpoint.
 * @throws UnmaskError when it is none of these, or damaged
 */
export async function inspect(path: string): Promise<Inspection> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UnmaskError(`there is nothing at ${path}`, { code: 'not-found' });
  if (!found.isDirectory()) return inspectFile(path);
  const has = (name: string) => stat(join(path, name)).then(() => true, () => false);
  if (await has(CARD)) return inspectModel(path);
  if (await has(FILES.result)) return inspectRun(path);
  if (await has('adapter_config.json')) return inspectAdapter(path);
  if (await has('config.json')) return inspectCheckpoint(path);
  throw new UnmaskError(`${path} is no folder of a trained model (${CARD}), a run (${FILES.result}), an adapter (adapter_config.json) or a checkpoint (config.json): give one of these, or a safetensors file`, { code: 'not-found' });
}

async function inspectFile(path: string): Promise<Inspection> {
  if (!path.endsWith('.safetensors')) throw new UnmaskError(`${path} is no safetensors file: give one, or a folder`, { code: 'unsupported' });
  const file = await SafetensorsFile.open(path);
  const { metadata } = file;
  await file.close();
  if (metadata.format !== 'unmask-delta') return { what: 'safetensors file', path, facts: metadata, tensors: await tensorsOf(path) };
  const delta = await loadDelta(path);
  return { what: 'delta', path, facts: delta.metadata, delta: deltaStatistics(delta) };
}

async function inspectModel(path: string): Promise<Inspection> {
  const { task, ...card } = await readCard(path);
  return { what: 'trained model', path, facts: { ...card, ...task }, ...(await weightsOf(path, card.change ?? 'model.safetensors')) };
}

/** Fields of a result that say what the run was. */
const RESULT_FACTS = ['task', 'method', 'model', 'data', 'seed', 'budget', 'learningRate', 'steps', 'totalParameters', 'trainedParameters', 'primaryMetric', 'primaryValue', 'majorityValue', 'deltaFile', 'finishedAt'];

async function inspectRun(path: string): Promise<Inspection> {
  const result = (await readJsonFile(join(path, FILES.result))) ?? {};
  if (typeof result.deltaFile !== 'string') throw new UnmaskError(`${join(path, FILES.result)} names no deltaFile: is it a run's?`, { code: 'bad-file' });
  return { what: 'run', path, facts: pick(result, RESULT_FACTS), ...(await weightsOf(path, result.deltaFile)) };
}

async function inspectAdapter(path: string): Promise<Inspection> {
  const config = (await readJsonFile(join(path, 'adapter_config.json'))) ?? {};
  const set = Object.entries(config).filter(([, value]) => value !== null && value !== false);
  return { what: 'adapter', path, facts: Object.fromEntries(set), ...(await weightsOf(path, 'adapter_model.safetensors')) };
}

/** Fields of a config.json that say what a model is. */
const CONFIG_FACTS = ['model_type', 'architectures', 'hidden_size', 'num_hidden_layers', 'num_attention_heads', 'vocab_size', 'max_position_embeddings', 'dtype', 'torch_dtype', 'id2label'];

async function inspectCheckpoint(path: string): Promise<Inspection> {
  const config = (await readJsonFile(join(path, 'config.json'))) ?? {};
  return { what: 'checkpoint', path, facts: pick(config, CONFIG_FACTS), tensors: await tensorsOf(path) };
}

async function weightsOf(folder: string, name: string): Promise<Pick<Inspection, 'tensors' | 'delta'>> {
  const { tensors, delta } = await inspectFile(join(folder, name));
  return { ...(tensors ? { tensors } : {}), ...(delta ? { delta } : {}) };
}

const pick = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) => Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
