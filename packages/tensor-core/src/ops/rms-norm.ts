import { fused } from '../fused.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019): y = x̂·w with x̂ = x·r and r = 1/√(mean(x²) + ε).
 * With g = dy·w: dx = r·(g − x̂·mean(g·x̂)), dw = Σ dy·x̂.
 * @param x […, h]
 * @param weight [h]
 */
export function rmsNorm(x: tf.Tensor, weight: Value, epsilon: number): tf.Tensor {
  const size = x.shape[x.rank - 1];
  const shape = x.shape;
  return tf.tidy(() => {
    const flat = tf.reshape(x, [-1, size]); // [n, h]
    const [normed, inverseRoot] = fused<[tf.Tensor, tf.Tensor]>('UnmaskRmsNorm', { x: flat, weight: tensorOf(weight) }, { epsilon }, () => {
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(flat), 1, true), epsilon)); // [n, 1]
      return [tf.mul(tf.mul(flat, inverse), tensorOf(weight)), inverse];
    });
    return record(tf.reshape(normed, shape), [x, weight], [flat, inverseRoot], (outputGradient, saved) => {
      const [input, inverse] = saved as [tf.Tensor, tf.Tensor];
      const dy = tf.reshape(outputGradient, [-1, size]);
      const scale = tensorOf(weight);
      const [dx, dWeight] = fused<[tf.Tensor, tf.Tensor]>('UnmaskRmsNormGradient', { dy, x: input, weight: scale, inverseRoot: inverse }, {}, () => {
        const normal = tf.mul(input, inverse); // x̂ [n, h]
        const g = tf.mul(dy, scale);
        const projection = tf.mul(normal, tf.mean(tf.mul(g, normal), 1, true));
        return [tf.mul(tf.sub(g, projection), inverse), tf.sum(tf.mul(dy, normal), 0)];
      });
      return [tf.reshape(dx, shape), dWeight];
    });
  });
}
