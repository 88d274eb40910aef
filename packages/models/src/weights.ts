import { openCheckpoint, type Parameter, type Random, UnmaskError } from '@unmask/tensor-core';
import type { Family } from './family.js';
import type { SequenceClassifier } from './inputs.js';

/** Names in a message: the first few, and how many more. */
function few(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}

/**
 * Fills a model from a checkpoint folder, one tensor in memory at a time. Names may carry the family's prefix or not.
 * Weights that the checkpoint lacks and the family calls optional are drawn from N(0, range²), biases are zero.
 * @returns names of the parameters that started afresh
 * @throws UnmaskError naming tensors that are missing, have another shape, or have no place in the model
 */
export async function loadWeights(model: SequenceClassifier, folder: string, family: Family, initializerRange: number, random: Random): Promise<string[]> {
  const checkpoint = await openCheckpoint(folder);
  try {
    const prefix = `${family.baseModelPrefix}.`;
    const stored = new Map([...checkpoint.entries.keys()].map((name) => [name, name]));
    const source = (name: string) => stored.get(name) ?? (name.startsWith(prefix) ? stored.get(name.slice(prefix.length)) : undefined);
    const named = model.namedParameters();

    const missing = named.filter(([name]) => source(name) === undefined && !family.optional.test(name)).map(([name]) => name);
    if (missing.length > 0) throw new UnmaskError(`${folder} lacks ${missing.length} tensors of a ${family.modelType} model: ${few(missing)}`, { code: 'bad-file' });
    const used = new Set(named.map(([name]) => source(name)));
    const unexpected = [...stored.keys()].filter((name) => !used.has(name) && !family.ignored.test(name));
    if (unexpected.length > 0) throw new UnmaskError(`${folder} holds ${unexpected.length} tensors that a ${family.modelType} model has no place for: ${few(unexpected)}`, { code: 'bad-file' });

    const fresh: string[] = [];
    for (const [name, parameter] of named) {
      const stored = source(name);
      const entry = stored === undefined ? undefined : checkpoint.entries.get(stored)!;
      if (!entry || (name.startsWith('classifier.') && entry.shape[0] !== parameter.shape[0])) {
        // A head for another number of classes is of no use: it starts afresh like an absent one.
        initialize(parameter, name, initializerRange, random.fork(name));
        fresh.push(name);
        continue;
      }
      if (entry.shape.join() !== parameter.shape.join()) {
        throw new UnmaskError(`${folder}: tensor "${entry.name}" has shape [${entry.shape.join(', ')}], the configuration makes it [${parameter.shape.join(', ')}]`, { code: 'bad-file' });
      }
      const values = await checkpoint.readFloat32(entry.name);
      parameter.modify((target) => target.set(values));
    }
    return fresh;
  } finally {
    await checkpoint.close();
  }
}

function initialize(parameter: Parameter, name: string, range: number, random: Random): void {
  if (!name.endsWith('.bias')) parameter.modify((values) => values.forEach((_, index) => (values[index] = range * random.normal())));
}
