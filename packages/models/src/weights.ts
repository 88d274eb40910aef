import { type Checkpoint, type ConstructionLimit, type Module, type Parameter, type Random, UnmaskError } from '@unmask/tensor-core';
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

/**
 * Fills a model from a checkpoint, a few megabytes of one tensor at a time. Names may carry the family's prefix or
 * not. Weights that the checkpoint lacks, or holds for a head of another size, start afresh where the family calls them
 * optional: matrices are drawn from N(0, range²), vectors keep the values that their modules gave them.
 * @param folder where the checkpoint is, for messages
 * @returns names of the parameters that started afresh
 * @throws UnmaskError naming tensors that are missing, have another shape, or have no place in the model
 */
export async function loadWeights(model: Module, checkpoint: Checkpoint, folder: string, family: Family, initializerRange: number, random: Random): Promise<string[]> {
  const prefix = `${family.baseModelPrefix}.`;
  const { rename = (name: string) => name } = family;
  const stored = new Map([...checkpoint.entries.keys()].map((name) => [rename(name), name]));
  const source = (name: string) => stored.get(name) ?? (name.startsWith(prefix) ? stored.get(name.slice(prefix.length)) : undefined);
  const named = model.namedParameters();

  const missing = named.filter(([name]) => source(name) === undefined && !family.optional.test(name)).map(([name]) => name);
  if (missing.length > 0) throw new UnmaskError(`${folder} lacks ${missing.length} tensors of a ${family.modelType} model: ${few(missing)}`, { code: 'bad-file' });
  const used = new Set(named.map(([name]) => source(name)));
  const unexpected = [...stored].filter(([name, original]) => !used.has(original) && !family.ignored.test(name)).map(([, original]) => original);
  if (unexpected.length > 0) throw new UnmaskError(`${folder} holds ${unexpected.length} tensors that a ${family.modelType} model has no place for: ${few(unexpected)}`, { code: 'bad-file' });

  const fresh: string[] = [];
  for (const [name, parameter] of named) {
    const entry = checkpoint.entries.get(source(name) ?? '');
    const fits = entry?.shape.join() === parameter.shape.join();
    if (!fits && family.optional.test(name)) {
      initialize(parameter, initializerRange, random.fork(name));
      fresh.push(name);
      continue;
    }
    if (!fits) {
      throw new UnmaskError(`${folder}: tensor "${entry!.name}" has shape [${entry!.shape.join(', ')}], the configuration makes it [${parameter.shape.join(', ')}]`, { code: 'bad-file' });
    }
    await parameter.fill((target) => checkpoint.readFloat32Into(entry.name, target));
  }
  return fresh;
}

/** Draws a matrix from N(0, range²); a vector keeps the values that its module gave it. */
export function initialize(parameter: Parameter, range: number, random: Random): void {
  if (parameter.shape.length > 1) parameter.modify((values) => values.forEach((_, index) => (values[index] = range * random.normal())));
}
