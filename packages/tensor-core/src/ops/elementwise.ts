import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/** Sums `gradient` over the axes along which an input of `shape` was broadcast; always a fresh tensor. */
function unbroadcast(gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const leading = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((length, axis) =>
    axis < leading || (shape[axis - leading] === 1 && length !== 1) ? [axis] : [],
  );
  return axes.length === 0 ? gradient.clone() : tf.reshape(tf.sum(gradient, axes), [...shape]);
}

/** a + b, broadcast as tfjs does. */
export function add(a: Value, b: Value): tf.Tensor {
  const [left, right] = [tensorOf(a), tensorOf(b)];
  const [leftShape, rightShape] = [left.shape, right.shape];
  return record(tf.add(left, right), [a, b], [], (dy, _, needed) => [
    needed[0] ? unbroadcast(dy, leftShape) : undefined,
    needed[1] ? unbroadcast(dy, rightShape) : undefined,
  ]);
}

/** a · b element by element, broadcast as tfjs does. */
export function multiply(a: Value, b: Value): tf.Tensor {
  const [left, right] = [tensorOf(a), tensorOf(b)];
  return record(tf.mul(left, right), [a, b], [left, right], (dy, saved, needed) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    return [
      needed[0] ? unbroadcast(tf.mul(dy, y), x.shape) : undefined,
      needed[1] ? unbroadcast(tf.mul(dy, x), y.shape) : undefined,
    ];
  });
}

/** The same values under another shape; no memory is copied. */
export function reshape(x: Value, shape: readonly number[]): tf.Tensor {
  const before = [...x.shape];
  return record(tf.reshape(tensorOf(x), [...shape]), [x], [], (dy) => [tf.reshape(dy, before)]);
}

/** Rows as columns. @param x [m, n] @returns [n, m] */
export function transpose(x: Value): tf.Tensor {
  return record(tf.transpose(tensorOf(x)), [x], [], (dy) => [tf.transpose(dy)]);
}

/**
 * Equal parts of the last axis. A part's gradient is dy between zeros.
 * @param x […, h]
 * @returns `count` tensors […, h/count]
 */
export function split(x: tf.Tensor, count: number): tf.Tensor[] {
  const size = x.shape[x.rank - 1] / count;
  const outer = x.shape.slice(0, -1);
  return Array.from({ length: count }, (_, index) => {
    const part = tf.slice(x, [...outer.map(() => 0), index * size], [...outer, size]); // tf.split takes far longer on some engines
    return record(part, [x], [], (dy) => [tf.pad(dy, [...outer.map((): [number, number] => [0, 0]), [index * size, (count - 1 - index) * size]])]);
  });
}

/**
 * One token of each sequence, e.g. `[CLS]` at position 0.
 * @param x [B, T, h]
 * @returns [B, h]
 */
export function takeToken(x: tf.Tensor, position: number): tf.Tensor {
  const [batch, length, size] = x.shape as [number, number, number];
  const output = tf.tidy(() => tf.reshape(tf.slice(x, [0, position, 0], [batch, 1, size]), [batch, size]));
  return record(output, [x], [], (dy) => {
    const row: tf.Tensor3D = tf.reshape(dy, [batch, 1, size]);
    return [tf.pad(row, [[0, 0], [position, length - position - 1], [0, 0]])];
  });
}

/**
 * One token of each sequence, at a position of its own, e.g. the last one before the padding.
 * @param x [B, T, h]
 * @param positions B numbers, in [0, T)
 * @returns [B, h]
 */
export function takeTokens(x: tf.Tensor, positions: readonly number[]): tf.Tensor {
  const [batch, length, size] = x.shape as [number, number, number];
  return tf.tidy(() => {
    const rows = tf.tensor1d(positions.map((position, row) => row * length + position), 'int32'); // of the [B·T, h] tokens
    const output = tf.gather(tf.reshape(x, [batch * length, size]), rows);
    return record(output, [x], [rows], (dy, [saved]) => [
      tf.reshape(tf.tensorScatterUpdate(tf.zeros([batch * length, size]), tf.reshape(saved, [batch, 1]), dy), [batch, length, size]),
    ]);
  });
}
