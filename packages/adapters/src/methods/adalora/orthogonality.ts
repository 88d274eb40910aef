import { add, multiply, record, tensorOf, tf, transpose, type Value } from '@unmask/tensor-core';
import type { SvdLinear } from './linear.js';

/**
 * How far the factors are from orthonormal: the mean of ‖A·Aᵀ − I‖ and ‖Bᵀ·B − I‖ over all updates, in the Frobenius norm (HF
 * PEFT tuners/adalora/model.py, forward). Updates without components count as 0.
 */
export function orthogonality(updates: readonly SvdLinear[]): tf.Tensor {
  const factors = updates.filter(({ lora_A }) => lora_A.size > 0).flatMap(({ lora_A, lora_B }) => [lora_A, transpose(lora_B)]);
  const sum = factors.map(distance).reduce((total, each) => add(total, each), tf.scalar(0));
  return multiply(sum, tf.scalar(1 / (2 * updates.length)));
}

/** d = ‖P·Pᵀ − I‖ for P [r, n], with the gradient 2·(P·Pᵀ − I)·P/d; a scalar. */
function distance(rows: Value): tf.Tensor {
  return tf.tidy(() => {
    const p = tensorOf(rows) as tf.Tensor2D;
    const excess = tf.sub(tf.matMul(p, p, false, true), tf.eye(p.shape[0])); // [r, r]
    const norm = tf.norm(excess);
    return record(norm, [rows], [p, excess, norm], (dy, [p, excess, norm]) => [
      tf.mul(tf.divNoNan(tf.mul(dy, 2), norm), tf.matMul(excess as tf.Tensor2D, p as tf.Tensor2D)),
    ]);
  });
}
