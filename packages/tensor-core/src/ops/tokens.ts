import { filledTensor, hostValues } from '../host.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Puts the same rows before the tokens of each sequence, such as a trained prompt. The rows' gradient is the sum over the
 * sequences.
 * @param rows [P, h]
 * @param x [B, T, h]
 * @returns [B, P + T, h]
 */
export function prependTokens(rows: Value, x: tf.Tensor): tf.Tensor {
  const [batch, length, size] = x.shape as [number, number, number];
  const count = rows.shape[0];
  const output = tf.tidy(() => tf.concat([tf.tile(tf.reshape(tensorOf(rows), [1, count, size]), [batch, 1, 1]), x], 1));
  return record(output, [rows, x], [], (dy, _, needed) => [
    needed[0] ? tf.sum(tf.slice(dy, [0, 0, 0], [batch, count, size]), 0) : undefined,
    needed[1] ? tf.slice(dy, [0, count, 0], [batch, length, size]) : undefined,
  ]);
}

/**
 * Leaves out the first tokens of each sequence; their gradient is zero.
 * @param x [B, P + T, h]
 * @param count P
 * @returns [B, T, h]
 */
export function dropTokens(x: tf.Tensor, count: number): tf.Tensor {
  return record(tf.slice(x, [0, count, 0], [-1, -1, -1]), [x], [], (dy) => [tf.pad(dy, [[0, 0], [count, 0], [0, 0]])]);
}

/**
 * Neighbouring columns of a table, from `start` on; the others' gradient is zero.
 * @param table [P, n]
 * @returns [P, count]
 */
export function takeColumns(table: Value, start: number, count: number): tf.Tensor {
  const after = table.shape[1]! - start - count;
  return record(tf.slice(tensorOf(table), [0, start], [-1, count]), [table], [], (dy) => [tf.pad(dy, [[0, 0], [start, after]])]);
}

/**
 * Adds to some entries of the last axis.
 * @param x […, n]
 * @param addends […, k]
 * @param places which entry each of the k is added to, unique
 * @returns […, n]
 */
export function addAt(x: tf.Tensor, addends: tf.Tensor, places: Int32Array): tf.Tensor {
  const [size, count] = [x.shape.at(-1)!, places.length];
  const eachPlace = (rows: number, visit: (entry: number, addend: number) => void) => {
    for (let row = 0; row < rows; row++) places.forEach((place, index) => visit(row * size + place, row * count + index));
  };
  const output = filledTensor(x.shape, (values) => {
    values.set(hostValues(x));
    const added = hostValues(addends);
    eachPlace(x.size / size, (entry, addend) => (values[entry] += added[addend]));
  });
  return record(output, [x, addends], [], (dy, _, needed) => {
    const taken = filledTensor([...x.shape.slice(0, -1), count], (values) => {
      const gradients = hostValues(dy);
      eachPlace(dy.size / size, (entry, addend) => (values[addend] = gradients[entry]));
    });
    return [needed[0] ? tf.clone(dy) : undefined, taken];
  });
}
