import { didYouMean, UnmaskError, type TensorEntry } from '@unmask/tensor-core';
import { checkPart, type Delta, type DenseDelta, type SparseDelta } from '../delta/delta.js';

type Part = SparseDelta | DenseDelta;

/** A tensor of the merged checkpoint. */
export interface MergedTensor {
  readonly name: string;
  /** The base's tensor that it comes from; absent for one that only the delta has. */
  readonly source?: TensorEntry;
  /** What the delta changes in it. */
  readonly part?: Part;
}

/**
 * Decides what becomes of every tensor of the base, and what the delta adds.
 * @param rename name in the base → name in the model, or undefined to leave the tensor out; found out when not given
 * @throws UnmaskError when the delta does not fit the base, or the names cannot be told
 */
export function planMerge(base: ReadonlyMap<string, TensorEntry>, delta: Delta, rename = inferNames(base, delta)): MergedTensor[] {
  const parts = new Map<string, Part>();
  for (const part of [...delta.entries, ...delta.dense]) {
    checkPart(part, (problem) => new UnmaskError(`the delta of "${part.name}" ${problem}`));
    if (parts.has(part.name)) throw new UnmaskError(`the delta has two parts for "${part.name}"`);
    parts.set(part.name, part);
  }
  const merged = new Map<string, MergedTensor>();
  for (const source of base.values()) {
    const name = rename(source.name);
    if (name === undefined) continue;
    const former = merged.get(name)?.source;
    if (former) throw new UnmaskError(`the tensors "${former.name}" and "${source.name}" of the base would both be named "${name}": give another rename`);
    const part = parts.get(name);
    if (part) checkFit(part, source);
    merged.set(name, part ? { name, source, part } : { name, source });
  }
  for (const part of parts.values()) {
    if (merged.has(part.name)) continue;
    if (part.indices) {
      throw new UnmaskError(
        `the delta changes entries of "${part.name}", and the base does not have the others${didYouMean(part.name, merged.keys())}: ` +
          'give the base model that it was made from, or train a new head in full (dense)',
        { code: 'not-found' },
      );
    }
    merged.set(part.name, { name: part.name, part });
  }
  return [...merged.values()];
}

/** A part trained in full may replace a head for another number of classes. */
function checkFit(part: Part, { name, shape, dtype }: TensorEntry): void {
  const from = part.indices || part.shape.length !== shape.length ? 0 : 1;
  if (part.shape.length !== shape.length || part.shape.slice(from).join() !== shape.slice(from).join()) {
    throw new UnmaskError(`the delta has "${part.name}" of shape [${part.shape.join(', ')}], the base "${name}" of shape [${shape.join(', ')}]: use the base model that it was made from`);
  }
  if (part.indices && !isFloat(dtype)) {
    throw new UnmaskError(`the base stores "${name}" as ${dtype}, whose entries cannot be replaced: use a base model that is not quantized`, { code: 'unsupported' });
  }
}

/** Whether elements of this type are floating-point numbers. */
export const isFloat = (dtype: TensorEntry['dtype']): boolean => /^B?F/.test(dtype);

/**
 * The names that the model has for the base's tensors, told by the delta's: either they are the same, or checkpoints of the
 * bare model leave out the first part, as `bert.` of `bert.encoder…`.
 * @throws UnmaskError when the delta has nothing in common with the base, or both kinds of names
 */
function inferNames(base: ReadonlyMap<string, TensorEntry>, delta: Delta): (name: string) => string | undefined {
  const prefixes = new Set<string>();
  for (const { name } of [...delta.entries, ...delta.dense]) {
    const prefix = name.slice(0, name.indexOf('.') + 1);
    if (base.has(name)) prefixes.add('');
    else if (prefix !== '' && base.has(name.slice(prefix.length))) prefixes.add(prefix);
  }
  if (prefixes.size === 1) {
    const [prefix] = prefixes;
    return (name) => prefix + name;
  }
  const problem = prefixes.size === 0 ? 'no parameter of the delta is in the base' : `the delta names some parameters as the base does, others with ${[...prefixes].filter(Boolean).join(' or ')} before them`;
  throw new UnmaskError(`${problem}: give the base model that it was made from, or rename, a function from the base's names to the model's`, { code: 'not-found' });
}
