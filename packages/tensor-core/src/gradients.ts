import { hostValues } from './host.js';
import { tf } from './tf.js';

/**
 * The gradient of a parameter: dense, or for a table of which a batch read a few rows, of those rows alone.
 * With `rows` given, `tensor` is [rows.length, …rest] and holds the gradient of these rows of axis 0, which are ascending
 * and unique; every other row's gradient is zero.
 */
export interface ParameterGradient {
  readonly tensor: tf.Tensor;
  readonly rows?: Int32Array;
}

/** A parameter's gradient as a dense tensor of `shape`, owned by the caller. */
export function denseGradient(shape: readonly number[], gradient: ParameterGradient): tf.Tensor {
  if (!gradient.rows) return gradient.tensor.clone();
  const rowSize = gradient.tensor.size / gradient.rows.length;
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  const source = hostValues(gradient.tensor);
  gradient.rows.forEach((row, index) => {
    values.set(source.subarray(index * rowSize, (index + 1) * rowSize), row * rowSize);
  });
  return tf.tensor(values, [...shape], 'float32');
}

/** The sum of two gradients of one parameter; both stay the caller's. Rows stay rows only when both are. */
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
  return tf.tidy(() => ({ tensor: tf.add(denseGradient(shape, left), denseGradient(shape, right)) }));
}

/**
 * Sums the rows of `values` ([ids.length, …rest], row-major) that share an id, in the order in which they stand.
 * Cost: O(ids.length · rowSize), whatever the table's size.
 */
export function sumRows(ids: Int32Array, values: Float32Array, rest: readonly number[]): Required<ParameterGradient> {
  const rows = Int32Array.from(new Set(ids)).sort();
  const position = new Map<number, number>();
  rows.forEach((row, index) => position.set(row, index));
  const rowSize = rest.reduce((product, length) => product * length, 1);
  const sums = new Float32Array(rows.length * rowSize);
  ids.forEach((id, index) => {
    const target = position.get(id)! * rowSize;
    const source = index * rowSize;
    for (let offset = 0; offset < rowSize; offset++) sums[target + offset] += values[source + offset];
  });
  return { rows, tensor: tf.tensor(sums, [rows.length, ...rest], 'float32') };
}
