import { filledTensor, hostMemory, hostValues, isNearHost } from './host.js';
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
  if (!isNearHost(tensor)) return spreadOnDevice(shape, gradient);
  return filledTensor(shape, (values) => {
    const source = hostValues(tensor);
    const runs = (rows ?? entries)!;
    const length = source.length / runs.length;
    values.fill(0);
    runs.forEach((run, index) => values.set(source.subarray(index * length, (index + 1) * length), run * length));
  });
}

/** {@link denseGradient} where the tensor is out of the host's reach. */
function spreadOnDevice(shape: readonly number[], { tensor, rows, entries }: ParameterGradient): tf.Tensor {
  return tf.tidy(() => {
    const places = (rows ?? entries)!;
    const zeros = tf.zeros(rows ? [...shape] : [shape.reduce((product, length) => product * length, 1)]);
    return tf.reshape(tf.tensorScatterUpdate(zeros, tf.tensor2d(places, [places.length, 1], 'int32'), tensor), [...shape]);
  });
}

/** The sum of two gradients of one parameter; both stay the caller's. Rows stay rows, and entries entries, only when both are the same. */
export function addGradients(
  shape: readonly number[],
  left: ParameterGradient,
  right: ParameterGradient,
): ParameterGradient {
  if (left.rows && right.rows) {
    const ids = Int32Array.from([...left.rows, ...right.rows]);
    const both = tf.concat([left.tensor, right.tensor], 0);
    const sum = sumRows(ids, both);
    both.dispose();
    return sum;
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
 * Sums the rows of `values` [ids.length, …rest] that share an id, in the order in which they stand.
 * Cost: O(values.size), whatever the table's size; where the tensor is out of the host's reach, it is a product with a matrix
 * [rows, ids.length] of zeros and ones.
 */
export function sumRows(ids: Int32Array, values: tf.Tensor): ParameterGradient & { readonly rows: Int32Array } {
  const rows = Int32Array.from(new Set(ids)).sort();
  const position = new Map<number, number>();
  rows.forEach((row, index) => position.set(row, index));
  const shape = [rows.length, ...values.shape.slice(1)];
  const positions = Int32Array.from(ids, (id) => position.get(id)!);
  return { rows, tensor: isNearHost(values) ? filledTensor(shape, (sums) => addAt(positions, hostValues(values), sums)) : sumOnDevice(positions, values, shape) };
}

/** Adds each row of `values` to the row of `sums` at its position. */
function addAt(positions: Int32Array, values: Float32Array, sums: Float32Array): void {
  const rowSize = values.length / positions.length;
  sums.fill(0);
  positions.forEach((position, index) => {
    const target = position * rowSize;
    const source = index * rowSize;
    for (let offset = 0; offset < rowSize; offset++) sums[target + offset] += values[source + offset];
  });
}

/** The same by a matrix product: 1 − |row − position| is 1 where they are equal, and at most 0 elsewhere. */
function sumOnDevice(positions: Int32Array, values: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.tidy(() => {
    const distances = tf.abs(tf.sub(tf.reshape(tf.range(0, shape[0]), [-1, 1]), tf.tensor2d(Float32Array.from(positions), [1, positions.length])));
    return tf.reshape(tf.matMul(tf.relu(tf.sub(1, distances)), tf.reshape(values, [positions.length, -1])), shape);
  });
}
