import { fused } from '../fused.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

const normalCumulative = (x: tf.Tensor) => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));

/** Gaussian error linear unit in its exact form, x·Φ(x) (Hendrycks & Gimpel 2016); its slope is Φ(x) + x·φ(x). */
export function gelu(x: tf.Tensor): tf.Tensor {
  const output = fused('UnmaskGelu', { x }, {}, () => tf.mul<tf.Tensor>(x, normalCumulative(x)));
  return record(output, [x], [x], (dy, [saved]) => [
    fused('UnmaskGeluGradient', { dy, x: saved }, {}, () => {
      const density = tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(saved))));
      return tf.mul<tf.Tensor>(dy, tf.add(normalCumulative(saved), tf.mul(saved, density)));
    }),
  ]);
}

/** Hyperbolic tangent; its slope is 1 − y². */
export function tanh(x: tf.Tensor): tf.Tensor {
  const output = tf.tanh(x);
  return record(output, [x], [output], (dy, [y]) => [tf.mul(dy, tf.sub(1, tf.square(y)))]);
}

/** max(x, 0). */
export function relu(x: tf.Tensor): tf.Tensor {
  const output = tf.relu(x);
  return record(output, [x], [output], (dy, [y]) => [tf.mul(dy, tf.step(y))]);
}
