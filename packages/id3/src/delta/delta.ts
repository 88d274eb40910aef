import { didYouMean, UnmaskError, type Parameter } from '@unmask/tensor-core';

/** The trained entries of one parameter. */
export interface SparseDelta {
  readonly name: string;
  /** Of the whole parameter. */
  readonly shape: readonly number[];
  /** Flat row-major indices, strictly ascending. */
  readonly indices: Int32Array;
  /** New values, aligned with `indices`. */
  readonly values: Float32Array;
}

/** A parameter that was trained in full. */
export interface DenseDelta {
  readonly name: string;
  readonly shape: readonly number[];
  readonly indices?: never;
  readonly values: Float32Array;
}

/** What training changed: new values, not differences, so that applying them is exact. */
export interface Delta {
  readonly entries: readonly SparseDelta[];
  readonly dense: readonly DenseDelta[];
}

/**
 * Turns a base model into the trained one, in O(entries of the delta).
 * @returns a function that puts the former values back, bit for bit; calling it again applies the delta again
 * @throws UnmaskError, before anything has changed, when a name, shape or index does not fit the parameters
 */
export function applyDelta(parameters: readonly Parameter[], delta: Delta): () => void {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const matched = [...delta.entries, ...delta.dense].map((part) => ({ part, parameter: match(byName, part) }));
  const undo = matched.map(({ part, parameter }) => {
    const held = part.values.slice();
    const exchange = () => parameter.modify((values) => swap(values, part.indices, held));
    exchange();
    return exchange;
  });
  return () => undo.forEach((restore) => restore());
}

/** Exchanges `held` with the entries of `values` at `indices`, or with all of them. */
function swap(values: Float32Array, indices: Int32Array | undefined, held: Float32Array): void {
  for (let i = 0; i < held.length; i++) {
    const index = indices ? indices[i] : i;
    const former = values[index];
    values[index] = held[i];
    held[i] = former;
  }
}

/** The parameter that a part of a delta is for. @throws UnmaskError when there is none or it does not fit */
function match(byName: ReadonlyMap<string, Parameter>, part: SparseDelta | DenseDelta): Parameter {
  const parameter = byName.get(part.name);
  if (!parameter) {
    throw new UnmaskError(`the delta changes "${part.name}", which the model does not have${didYouMean(part.name, byName.keys())}`, { code: 'not-found' });
  }
  if (parameter.shape.join() !== part.shape.join()) {
    throw new UnmaskError(`the delta has "${part.name}" of shape [${part.shape.join(', ')}], the model of shape [${parameter.shape.join(', ')}]: use the base model that it was made from`);
  }
  checkPart(part, (problem) => new UnmaskError(`the delta of "${part.name}" ${problem}`));
  return parameter;
}

/** The base model's values of a part's entries, aligned with them: to be read at once. @throws UnmaskError when the part does not fit */
export function baseValues(byName: ReadonlyMap<string, Parameter>, part: SparseDelta | DenseDelta): Float32Array {
  const parameter = match(byName, part);
  return part.indices ? parameter.readEntries(part.indices) : parameter.read();
}

/** Checks a part against its own shape. @throws what `error` makes of a problem's description */
export function checkPart(part: SparseDelta | DenseDelta, error: (problem: string) => Error): void {
  const size = part.shape.reduce((product, length) => product * length, 1);
  const { indices, values } = part;
  if (!indices) {
    if (values.length !== size) throw error(`has ${values.length} values for ${size} entries`);
    return;
  }
  if (indices.length !== values.length) throw error(`has ${indices.length} indices but ${values.length} values`);
  let previous = -1;
  for (const index of indices) {
    if (index <= previous || index >= size) throw error(`has index ${index} after ${previous}: indices must ascend within [0, ${size})`);
    previous = index;
  }
}
