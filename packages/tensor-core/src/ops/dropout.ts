import { UnmaskError } from '../errors.js';
import { filledTensor } from '../host.js';
import { Random } from '../random.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/** Factors of inverted dropout: 0 with probability `rate`, else 1/(1−rate); drawn on the host, so equal on every engine. */
export function dropoutMask(shape: readonly number[], rate: number, random: Random): tf.Tensor {
  if (!(rate >= 0 && rate < 1)) throw new UnmaskError(`dropout rate ${rate} is not in [0, 1)`);
  return filledTensor(shape, (factors) => random.fillDropout(factors, rate));
}

/**
 * Zeroes entries with probability `rate` and scales the others by 1/(1−rate).
 * @param rate in [0, 1)
 * @param random where the choice comes from; undefined means evaluation, which returns `x` itself
 */
export function dropout(x: tf.Tensor, rate: number, random: Random | undefined): tf.Tensor {
  if (rate === 0 || !random) return x;
  const { shape } = x;
  const start = random.state;
  const output = tf.tidy(() => tf.mul(x, dropoutMask(shape, rate, random)));
  // The mask is as large as x, so it is drawn again instead of kept.
  return record(output, [x], [], (dy) => [tf.mul(dy, dropoutMask(shape, rate, Random.at(start)))]);
}
