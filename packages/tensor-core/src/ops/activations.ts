import { fused } from '../fused.js';
import { record, type Backward } from '../tape.js';
import { tf } from '../tf.js';

const normalCumulative = (x: tf.Tensor) => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));

/**
 * Gaussian error linear unit in its exact form, x·Φ(x) (Hendrycks & Gimpel 2016); its slope is Φ(x) + x·φ(x). For the backward
 * pass only x is kept: the layer that follows gets the output computed again.
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  const compute = ([input]: readonly tf.Tensor[]) => fused('UnmaskGelu', { x: input }, {}, () => tf.mul<tf.Tensor>(input, normalCumulative(input)));
  const backward: Backward = (dy, [saved]) => [
    fused('UnmaskGeluGradient', { dy, x: saved }, {}, () => {
      const density = tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(saved))));
      return tf.mul<tf.Tensor>(dy, tf.add(normalCumulative(saved), tf.mul(saved, density)));
    }),
  ];
  return record(compute([x]), [x], [x], backward, compute);
}

/** √(2/π) and the weight of the cube in the tanh form of the Gaussian error linear unit. */
const [ROOT, CUBE] = [Math.sqrt(2 / Math.PI), 0.044715];

/**
 * Gaussian error linear unit in its tanh form, ½x·(1 + t) with t = tanh(√(2/π)·(x + 0.044715·x³)) (Hendrycks & Gimpel 2016;
 * `gelu_new` in HF transformers); its slope is ½(1 + t) + ½x·(1 − t²)·√(2/π)·(1 + 3·0.044715·x²).
 */
export function geluTanh(x: tf.Tensor): tf.Tensor {
  const inner = (x: tf.Tensor) => tf.tanh<tf.Tensor>(tf.mul(tf.mul(x, ROOT), tf.add(1, tf.mul(CUBE, tf.square(x)))));
  const output = fused('UnmaskGeluTanh', { x }, {}, () => tf.mul<tf.Tensor>(tf.mul(0.5, x), tf.add(1, inner(x))));
  return record(output, [x], [x], (dy, [saved]) => [
    fused('UnmaskGeluTanhGradient', { dy, x: saved }, {}, () => {
      const t = inner(saved);
      const innerSlope = tf.mul(ROOT, tf.add(1, tf.mul(3 * CUBE, tf.square(saved))));
      const curved = tf.mul(tf.mul(saved, tf.sub(1, tf.square(t))), innerSlope);
      return tf.mul<tf.Tensor>(tf.mul(0.5, dy), tf.add(tf.add(1, t), curved));
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

/** Sigmoid-weighted linear unit, x·σ(x), also called swish (Elfwing et al. 2018); its slope is σ(x)·(1 + x·(1 − σ(x))). */
export function silu(x: tf.Tensor): tf.Tensor {
  return record(tf.tidy(() => tf.mul(x, tf.sigmoid(x))), [x], [x], (dy, [saved]) => {
    const gate = tf.sigmoid(saved);
    return [tf.mul(dy, tf.mul(gate, tf.add(1, tf.mul(saved, tf.sub(1, gate)))))];
  });
}
