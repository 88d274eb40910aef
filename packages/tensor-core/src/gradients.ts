import { filledTensor, hostMemory, hostValues } from './host.js';
import { tf } from './tf.js';

/**
 * The gradient of a parameter, in one of three forms:
 * - dense: `tensor` has the parameter's shape;
 * - of some rows, for a table of which a batch read a few: with `rows` given, ascending and unique, `tensor` is
 *   [rows.length, …rest] and holds the gradient of these rows of axis 0; every other row's gradient is zero;
 * - of some entries, where the sink asked for no more ({@link GradientNeed}): with `entries` given, flat indices,
 *   ascending and unique, `tensor` is [entries.length]; the other entries' gradients are unknown.
 */
export interface ParameterGradient {
  readonly tensor: tf.Tensor;
  readonly rows?: Int32Array;
  readonly entries?: Int32Array;
}

/**
 * How much of a parameter's gradient a sink wants: all of it, nothing, or the entries at these flat indices (ascending).
 * An operation may give more than it was asked for.
 */
export type GradientNeed = 'all' | 'nothing' | Int32Array;

/** A parameter's gradient as a dense tensor of `shape`, owned by the caller; zero where the gradient holds nothing. */
export function denseGradient(shape: readonly number[], gradient: ParameterGradient): tf.Tensor {
  const { tensor, rows, entries } = gradient;
  if (!rows && !entries) return tensor.clone();
  return filledTensor(shape, (values) => {
    const source = hostValues(tensor);
    const runs = (rows ?? entries)!;
    const length = source.length / runs.length;
    values.fill(0);
    runs.forEach((run, index) => values.set(source.subarray(index * length, (index + 1) * length), run * length));
  });
}

/** The sum of two gradients of one parameter; both stay the caller's. Rows stay rows, and entries entries, only when both are the same. */
export function addGradients(
  shape: readonly number[],
  left: ParameterGradient,
  right: ParameterGradient,
): ParameterGradient {
  if (left.rows && right.rows) {
    const rowSize = left.tensor.size / left.rows.length;
    const ids = Int32Array.from([...left.rows, ...right.rows]);
    const values = new Float32Array(ids.length * rowSize);
    values.set(hostValues(left.tensor));
    values.set(hostValues(right.tensor), left.tensor.size);
    return sumRows(ids, values, left.tensor.shape.slice(1));
  }
  if (left.entries && left.entries === right.entries) return { tensor: tf.add(left.tensor, right.tensor), entries: left.entries };
  const [some, other] = right.rows ? [right, left] : [left, right];
  if (some.rows && !other.entries && hostMemory(other.tensor)) return { tensor: addRows(other.tensor, some.tensor, some.rows) };
  return tf.tidy(() => ({ tensor: tf.add(denseGradient(shape, left), denseGradient(shape, right)) }));
}

/**
 * The sum of a dense gradient and one of some rows, as a table has that is read and multiplied with too: the word vectors of
 * most language models. A whole vocabulary is not spread out for a few words.
 */
function addRows(dense: tf.Tensor, part: tf.Tensor, rows: Int32Array): tf.Tensor {
  return filledTensor(dense.shape, (sums) => {
    sums.set(hostValues(dense));
    const values = hostValues(part);
    const size = values.length / rows.length;
    rows.forEach((row, index) => {
      for (let offset = 0; offset < size; offset++) sums[row * size + offset] += values[index * size + offset];
    });
  });
}

/**
 * Sums the rows of `values` ([ids.length, …rest], row-major) that share an id, in the order in which they stand.
 * Cost: O(ids.length · rowSize), whatever the table's size.
 */
export function sumRows(ids: Int32Array, values: Float32Array, rest: readonly number[]): ParameterGradient & { readonly rows: Int32Array } {
  const rows = Int32Array.from(new Set(ids)).sort();
  const position = new Map<number, number>();
  rows.forEach((row, index) => position.set(row, index));
  const rowSize = rest.reduce((product, length) => product * length, 1);
  const tensor = filledTensor([rows.length, ...rest], (sums) => {
    sums.fill(0);
    ids.forEach((id, index) => {
      const target = position.get(id)! * rowSize;
      const source = index * rowSize;
      for (let offset = 0; offset < rowSize; offset++) sums[target + offset] += values[source + offset];
    });
  });
  return { rows, tensor };
}
