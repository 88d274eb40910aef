import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * y = x·Wᵀ + b, with W laid out [out, in] as PyTorch and Hugging Face store it.
 * dx = dy·W, dW = dyᵀ·x, db = Σ dy.
 * @param x […, in]
 * @returns […, out]
 */
export function linear(x: tf.Tensor, weight: Value, bias?: Value): tf.Tensor {
  const w = tensorOf(weight);
  const [outFeatures, inFeatures] = w.shape as [number, number];
  if (x.shape[x.rank - 1] !== inFeatures) {
    throw new UnmaskError(`linear: the input's last axis is ${x.shape[x.rank - 1]}, the weight [${w.shape.join(', ')}] takes ${inFeatures}`);
  }
  const shape = x.shape;
  return tf.tidy(() => {
    const flat = tf.reshape(x, [-1, inFeatures]); // [n, in]
    const b = bias && tensorOf(bias);
    const product = fused('UnmaskLinear', { x: flat, weight: w, bias: b }, {}, () => {
      const xw = tf.matMul(flat, w, false, true);
      return (b ? tf.add(xw, b) : xw);
    }); // [n, out]
    const output = tf.reshape(product, [...shape.slice(0, -1), outFeatures]);
    return record(output, [x, weight, bias], [flat], (outputGradient, [saved], needed) => {
      const dy: tf.Tensor2D = tf.reshape(outputGradient, [-1, outFeatures]); // [n, out]
      return [
        needed[0] ? tf.reshape(tf.matMul(dy, tensorOf(weight) as tf.Tensor2D), shape) : undefined,
        needed[1] ? tf.matMul(dy, saved, true, false) : undefined, // [out, in]
        needed[2] ? tf.sum(dy, 0) : undefined, // [out]
      ];
    });
  });
}
