import { tf } from '@unmask/tensor-core';
import type { ImportanceMetric } from './metric.js';

/**
 * |θ·∇θ|: by how much the loss changes, to first order, when the weight is set to zero. Taylor pruning (Molchanov et al.,
 * ICLR 2017) and SNIP (Lee et al., ICLR 2019) keep the highest. A zero weight is never chosen.
 */
export function taylor(): ImportanceMetric {
  return {
    name: 'taylor',
    uses: ['weight', 'gradient'],
    score(weights, weightOffset, gradients, gradientOffset, count, out) {
      for (let i = 0; i < count; i++) out[i] = Math.abs(weights[weightOffset + i] * gradients[gradientOffset + i]);
    },
    scoreTensor: (weight, gradient) => tf.abs(tf.mul(weight, gradient)),
  };
}
