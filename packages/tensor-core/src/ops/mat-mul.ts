import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * A product of two matrices, or of each two of as many: da = dy·bᵀ, db = aᵀ·dy.
 * @param a [m, k] or [n, m, k]
 * @param b [k, l] or [n, k, l]
 * @returns [m, l] or [n, m, l]
 */
export function matMul(a: Value, b: Value): tf.Tensor {
  const [left, right] = [tensorOf(a), tensorOf(b)];
  return record(tf.matMul(left, right), [a, b], [left, right], (dy, saved, needed) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    return [needed[0] ? tf.matMul(dy, y, false, true) : undefined, needed[1] ? tf.matMul(x, dy, true, false) : undefined];
  });
}
