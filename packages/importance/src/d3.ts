import { tf, UnmaskError } from '@unmask/tensor-core';
import type { ImportanceMetric } from './metric.js';

/** Settings of {@link d3}. */
export interface D3Options {
  /** Weight of the magnitude: 0 ranks by gradient alone, larger values favour small weights; 1 by default. */
  readonly exponent?: number;
  /** Smoothing, at least 0: keeps the score of a zero weight finite; 1e-3 by default. */
  readonly epsilon?: number;
}

/**
 * D³, the dynamic magnitude and gradient-based heuristic of ID³ (Agarwal et al., TACL 2025):
 *
 *     H(θ) = |∇θ| / (|θ| + ε)^exponent
 *
 * of the current weight and the current step's gradient. Exponent 0 is the gradient's magnitude, and −1 with ε → 0 is
 * |θ·∇θ|, the first-order Taylor score. Computed in float64, rounded once; scores beyond float32's range tie at infinity.
 * `scoreTensor` computes in float32, so there the power must stay in float32's range too.
 * @throws UnmaskError when an option is not a number or epsilon is negative
 */
export function d3({ exponent = 1, epsilon = 1e-3 }: D3Options = {}): ImportanceMetric {
  if (!Number.isFinite(exponent)) throw new UnmaskError(`the exponent of d3 is ${exponent}: give a finite number, e.g. 1`);
  if (!(epsilon >= 0 && epsilon < Infinity)) throw new UnmaskError(`the epsilon of d3 is ${epsilon}: give a number of at least 0, e.g. 1e-3`);
  return {
    name: 'd3',
    uses: ['weight', 'gradient'],
    score(weights, weightOffset, gradients, gradientOffset, count, out) {
      // The common exponents have loops of their own: Math.pow is many times slower than a division.
      switch (exponent) {
        case 0:
          for (let i = 0; i < count; i++) out[i] = Math.abs(gradients[gradientOffset + i]);
          break;
        case 1:
          for (let i = 0; i < count; i++) out[i] = Math.abs(gradients[gradientOffset + i]) / (Math.abs(weights[weightOffset + i]) + epsilon);
          break;
        case -1:
          for (let i = 0; i < count; i++) out[i] = Math.abs(gradients[gradientOffset + i]) * (Math.abs(weights[weightOffset + i]) + epsilon);
          break;
        default:
          for (let i = 0; i < count; i++) {
            out[i] = Math.abs(gradients[gradientOffset + i]) / Math.pow(Math.abs(weights[weightOffset + i]) + epsilon, exponent);
          }
      }
    },
    ...(exponent === 1 ? { countBelow: (threshold, ...entries) => countBelow(threshold, epsilon, ...entries) } : {}),
    scoreTensor: (weight, gradient) => device(weight, gradient, exponent, epsilon),
  };
}

/** D³ of tensors. Like on the host, the common exponents need no power, which some engines only approximate. */
function device(weight: tf.Tensor, gradient: tf.Tensor, exponent: number, epsilon: number): tf.Tensor {
  const slope = tf.abs(gradient);
  if (exponent === 0) return slope;
  const size = tf.add(tf.abs(weight), epsilon);
  if (exponent === 1) return tf.div(slope, size);
  if (exponent === -1) return tf.mul(slope, size);
  return tf.div(slope, tf.pow(size, exponent));
}

/** What is below this bound stays below the threshold when it is rounded to float32, whose steps are 2⁻¹⁴⁹ near zero and whose infinity begins at 2¹²⁸. */
const surelyBelow = (threshold: number) => Math.min(threshold, 2 ** 128) * (1 - 2 ** -22) - 2 ** -150;

/** |g| < threshold·(|w| + ε), the default exponent's scan, which every step runs over the whole model: no division, by fours. */
function countBelow(threshold: number, epsilon: number, weights: Float32Array, weightOffset: number, gradients: Float32Array, gradientOffset: number, count: number): number {
  const limit = surelyBelow(threshold);
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const [w, g] = [weightOffset + i, gradientOffset + i];
    const below =
      Math.abs(gradients[g]) < limit * (Math.abs(weights[w]) + epsilon) &&
      Math.abs(gradients[g + 1]) < limit * (Math.abs(weights[w + 1]) + epsilon) &&
      Math.abs(gradients[g + 2]) < limit * (Math.abs(weights[w + 2]) + epsilon) &&
      Math.abs(gradients[g + 3]) < limit * (Math.abs(weights[w + 3]) + epsilon);
    if (!below) break;
  }
  return i;
}
