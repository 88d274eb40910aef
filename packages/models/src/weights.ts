import { type Checkpoint, type ConstructionLimit, type Module, type Parameter, type Random, type TensorEntry, UnmaskError } from '@unmask/tensor-core';
import type { Family } from './family.js';

/** Names in a message: the first few, and how many more. */
function few(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}

/** How many parameters and scalars a head may add to what a checkpoint holds. */
const HEAD: ConstructionLimit = { parameters: 64, scalars: 2 ** 24 };

/**
 * How large a model for a checkpoint can be: as large as that and once more, so that a head with fresh words has room, and a
 * layer from the hidden states to each output. More is a mistake in config.json, or meant to take all memory.
 */
export function limitOf({ entries }: Checkpoint, outputs: number): ConstructionLimit {
  const shapes = [...entries.values()].map(({ shape }) => shape).filter((shape) => !shape.includes(0));
  const stored = shapes.reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0);
  const widest = shapes.flat().reduce((largest, length) => Math.max(largest, length), 1);
  return { parameters: 2 * entries.size + HEAD.parameters, scalars: 2 * stored + outputs * widest + HEAD.scalars };
}

/** A family's checkpoint: where the tensor of each parameter is. */
export interface StoredWeights {
  readonly checkpoint: Checkpoint;
  /** Where it is, for messages. */
  readonly folder: string;
  readonly family: Family;
}

/** Finds the name that the checkpoint has for a parameter's: of today, or without the family's prefix, or with it for a model without head. */
function finder({ checkpoint, family }: StoredWeights): (name: string) => string | undefined {
  const prefix = `${family.baseModelPrefix}.`;
  const { rename = (name: string) => name } = family;
  const stored = new Map([...checkpoint.entries.keys()].map((name) => [rename(name), name]));
  return (name) => stored.get(name) ?? stored.get(name.startsWith(prefix) ? name.slice(prefix.length) : prefix + name);
}

/** Each parameter under its first name, with those under which it serves besides. */
function namesOf(model: Module): Map<Parameter, string[]> {
  const names = new Map<Parameter, string[]>();
  for (const [name, parameter] of model.everyName()) names.set(parameter, [...(names.get(parameter) ?? []), name]);
  return names;
}

/**
 * Whether a checkpoint holds a matrix that serves twice, as the words and as the head, with other values for each use: then
 * `tie_word_embeddings` is not what its configuration says (HF modeling_utils.py, tie_weights).
 */
export async function storesUntied(model: Module, weights: StoredWeights): Promise<boolean> {
  const [find, { checkpoint }] = [finder(weights), weights];
  for (const [{ shape }, names] of namesOf(model)) {
    const stored = names.map((name) => checkpoint.entries.get(find(name) ?? '')).filter((entry) => entry?.shape.join() === shape.join());
    const [first, second] = stored;
    if (shape.length < 2 || !first || !second) continue;
    const read = ({ name }: TensorEntry) => (first.dtype === second.dtype ? checkpoint.readBytes(name) : checkpoint.readFloat32(name));
    const [words, head] = [await read(first), await read(second)];
    if (words.some((value, index) => value !== head[index])) return true;
  }
  return false;
}

/**
 * Fills a model from a checkpoint, a few megabytes of one tensor at a time. Names may carry the family's prefix or
 * not. Weights that the checkpoint lacks, or holds for a head of another size, start afresh where the family calls them
 * optional: matrices are drawn from N(0, range²), vectors keep the values that their modules gave them.
 * @returns names of the parameters that started afresh
 * @throws UnmaskError naming tensors that are missing, have another shape, or have no place in the model
 */
export async function loadWeights(model: Module, weights: StoredWeights, initializerRange: number, random: Random): Promise<string[]> {
  const { checkpoint, folder, family } = weights;
  const find = finder(weights);
  const parameters = [...namesOf(model)].map(([parameter, names]) => {
    const entries = names.flatMap((each) => checkpoint.entries.get(find(each) ?? '') ?? []);
    const fitting = entries.filter(({ shape }) => shape.join() === parameter.shape.join());
    return { name: names[0], parameter, entries, fitting: fitting.at(-1) }; // of a bias that is stored twice, the head's own counts
  });

  const missing = parameters.filter(({ name, entries }) => entries.length === 0 && !family.optional.test(name)).map(({ name }) => name);
  if (missing.length > 0) throw new UnmaskError(`${folder} lacks ${missing.length} tensors of a ${family.modelType} model: ${few(missing)}`, { code: 'bad-file' });
  const used = new Set(parameters.flatMap(({ entries }) => entries.map(({ name }) => name)));
  const { rename = (name: string) => name } = family;
  const unexpected = [...checkpoint.entries.keys()].filter((name) => !used.has(name) && !family.ignored.test(rename(name)));
  if (unexpected.length > 0) throw new UnmaskError(`${folder} holds ${unexpected.length} tensors that a ${family.modelType} model has no place for: ${few(unexpected)}`, { code: 'bad-file' });

  const fresh: string[] = [];
  for (const { name, parameter, entries: [stored], fitting } of parameters) {
    if (fitting) {
      await parameter.fill((target) => checkpoint.readFloat32Into(fitting.name, target));
    } else if (family.optional.test(name)) {
      initialize(parameter, initializerRange, random.fork(name));
      fresh.push(name);
    } else {
      throw new UnmaskError(`${folder}: tensor "${stored.name}" has shape [${stored.shape.join(', ')}], the configuration makes it [${parameter.shape.join(', ')}]`, { code: 'bad-file' });
    }
  }
  return fresh;
}

/** Draws a matrix from N(0, range²); a vector keeps the values that its module gave it. */
export function initialize(parameter: Parameter, range: number, random: Random): void {
  if (parameter.shape.length > 1) parameter.modify((values) => values.forEach((_, index) => (values[index] = range * random.normal())));
}
