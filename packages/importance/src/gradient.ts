import { tf } from '@unmask/tensor-core';
import type { ImportanceMetric } from './metric.js';

/** |∇θ|: the entries along which the loss falls fastest. */
export function gradient(): ImportanceMetric {
  return {
    name: 'gradient',
    uses: ['gradient'],
    score(_weights, _weightOffset, gradients, gradientOffset, count, out) {
      for (let i = 0; i < count; i++) out[i] = Math.abs(gradients[gradientOffset + i]);
    },
    scoreTensor: (_weight, gradient) => tf.abs(gradient),
  };
}
