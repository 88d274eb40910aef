import { fused } from '../fused.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Layer normalisation over the last axis (Ba et al. 2016): y = x̂·w + b with x̂ = (x − mean)/√(variance + ε),
 * the variance biased as in PyTorch.
 * With g = dy·w: dx = (g − mean(g) − x̂·mean(g·x̂))/√(variance + ε), dw = Σ dy·x̂, db = Σ dy.
 * @param x […, h]
 * @param weight [h]
 * @param bias [h]
 */
export function layerNorm(x: tf.Tensor, weight: Value, bias: Value, epsilon: number): tf.Tensor {
  const size = x.shape[x.rank - 1];
  const [w, b] = [tensorOf(weight), tensorOf(bias)];
  const shape = x.shape;
  return tf.tidy(() => {
    const flat = tf.reshape(x, [-1, size]); // [n, h]
    const [normed, mean, inverse] = fused<[tf.Tensor, tf.Tensor, tf.Tensor]>('UnmaskLayerNorm', { x: flat, weight: w, bias: b }, { epsilon }, () => {
      const { mean, variance } = tf.moments(flat, 1, true); // [n, 1] each
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      return [tf.add(tf.mul(tf.mul(tf.sub(flat, mean), inverse), w), b), mean, inverse];
    });
    return record(tf.reshape(normed, shape), [x, weight, bias], [flat, mean, inverse], (outputGradient, saved) => {
      const [input, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dy = tf.reshape(outputGradient, [-1, size]);
      const scale = tensorOf(weight);
      const [dx, dWeight, dBias] = fused<[tf.Tensor, tf.Tensor, tf.Tensor]>(
        'UnmaskLayerNormGradient',
        { dy, x: input, weight: scale, mean, inverseStandardDeviation: inverse },
        {},
        () => {
          const normal = tf.mul(tf.sub(input, mean), inverse); // x̂ [n, h]
          const g = tf.mul(dy, scale);
          const projection = tf.mul(normal, tf.mean(tf.mul(g, normal), 1, true));
          return [
            tf.mul(tf.sub(tf.sub(g, tf.mean(g, 1, true)), projection), inverse),
            tf.sum(tf.mul(dy, normal), 0),
            tf.sum(dy, 0),
          ];
        },
      );
      return [tf.reshape(dx, shape), dWeight, dBias];
    });
  });
}
