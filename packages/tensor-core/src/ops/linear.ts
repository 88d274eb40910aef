import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import type { ParameterGradient } from '../gradients.js';
import { hostMemory, hostValues } from '../host.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * y = x·Wᵀ + b, with W laid out [out, in] as PyTorch and Hugging Face store it.
 * dx = dy·W, dW = dyᵀ·x, db = Σ dy.
 * @param x […, in]
 * @param options.transposed W is laid out [in, out], as GPT-2's checkpoints have it: y = x·W + b
 * @returns […, out]
 */
export function linear(x: tf.Tensor, weight: Value, bias?: Value, { transposed = false }: { readonly transposed?: boolean } = {}): tf.Tensor {
  const w = tensorOf(weight);
  const [rows, columns] = w.shape as [number, number];
  const [outFeatures, inFeatures] = transposed ? [columns, rows] : [rows, columns];
  if (x.shape[x.rank - 1] !== inFeatures) {
    throw new UnmaskError(`linear: the input's last axis is ${x.shape[x.rank - 1]}, the weight [${w.shape.join(', ')}]${transposed ? ', transposed,' : ''} takes ${inFeatures}`);
  }
  const shape = x.shape;
  return tf.tidy(() => {
    const flat = tf.reshape(x, [-1, inFeatures]); // [n, in]
    const b = bias && tensorOf(bias);
    const product = fused('UnmaskLinear', { x: flat, weight: w, bias: b }, { transposed: transposed ? 1 : 0 }, () => {
      const xw = tf.matMul(flat, w, false, !transposed);
      return (b ? tf.add(xw, b) : xw);
    }); // [n, out]
    const output = tf.reshape(product, [...shape.slice(0, -1), outFeatures]);
    const kept = weight instanceof tf.Tensor ? [flat, w] : [flat]; // one that was computed is gone by then
    return record(output, [x, weight, bias], kept, (outputGradient, saved, needed, wanted) => {
      const dy: tf.Tensor2D = tf.reshape(outputGradient, [-1, outFeatures]); // [n, out]
      const [input, used = tensorOf(weight)] = saved as tf.Tensor2D[]; // [n, in]
      const [left, right] = transposed ? [input, dy] : [dy, input];
      return [
        needed[0] ? tf.reshape(tf.matMul(dy, used, false, transposed), shape) : undefined,
        needed[1] ? weightGradient(left, right, wanted[1]) : undefined,
        needed[2] ? tf.sum(dy, 0) : undefined, // [out]
      ];
    });
  });
}

/** Share of a weight's entries below which their gradients, one dot product each, cost less than the whole product. */
const FEW = 1 / 64;

/** leftᵀ·right [rows, columns], or some of its entries where few are wanted. left [n, rows], right [n, columns]. */
function weightGradient(left: tf.Tensor2D, right: tf.Tensor2D, wanted: Int32Array | undefined): tf.Tensor | ParameterGradient {
  const [rows, columns] = [left.shape[1], right.shape[1]];
  const few = wanted && wanted.length <= FEW * rows * columns && hostMemory(left) !== undefined;
  if (!few) return tf.matMul(left, right, true, false);
  const [leftColumns, rightColumns] = [tf.transpose(left), tf.transpose(right)]; // [rows, n], [columns, n]: each dot product runs along memory
  const values = dotProducts(hostValues(leftColumns), hostValues(rightColumns), left.shape[0], columns, wanted);
  return { tensor: tf.tensor1d(values), entries: wanted };
}

/** For each entry e = r·columns + c: Σₙ left[r, n]·right[c, n], in float64. */
function dotProducts(left: Float32Array, right: Float32Array, length: number, columns: number, entries: Int32Array): Float32Array {
  const sums = new Float32Array(entries.length);
  for (let index = 0; index < entries.length; index++) {
    const row = Math.floor(entries[index] / columns);
    let a = row * length;
    let b = (entries[index] - row * columns) * length;
    const end = a + length;
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]; // four chains: one would wait for each addition
    for (; a + 3 < end; a += 4, b += 4) {
      sum0 += left[a] * right[b];
      sum1 += left[a + 1] * right[b + 1];
      sum2 += left[a + 2] * right[b + 2];
      sum3 += left[a + 3] * right[b + 3];
    }
    for (; a < end; a++, b++) sum0 += left[a] * right[b];
    sums[index] = sum0 + sum1 + (sum2 + sum3);
  }
  return sums;
}
