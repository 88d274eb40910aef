import { tf } from '@unmask/tensor-core';
import { checkDecays, checkSizes } from './options.js';
import type { UpdateRule } from './update-rule.js';

// Looked up once, not once an entry: in Jest a global costs microseconds each time.
const { sqrt } = Math;

/** Settings of {@link adamw}; the defaults are PyTorch's. */
export interface AdamWOptions {
  /** Decay of the mean of gradients, in [0, 1); 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1); 0.999 by default. */
  readonly beta2?: number;
  /** Keeps the quotient finite; 1e-8 by default. */
  readonly epsilon?: number;
  /** Decoupled weight decay, at least 0; 0.01 by default. It reaches only the entries that are updated. */
  readonly weightDecay?: number;
}

/**
 * AdamW (Loshchilov and Hutter, ICLR 2019). For an entry in its update number t, with learning rate η:
 *
 *     θ ← θ − η·λ·θ
 *     m ← β₁·m + (1 − β₁)·g          v ← β₂·v + (1 − β₂)·g²
 *     θ ← θ − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * Computed in float64; θ, m and v are stored as float32.
 * @throws UnmaskError when an option is out of its range
 */
export function adamw({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 }: AdamWOptions = {}): UpdateRule {
  checkDecays('adamw', { beta1, beta2 });
  checkSizes('adamw', { epsilon, weightDecay });
  // 1/(1 − βᵗ) by age, extended as ages grow: a power or a division for each entry would cost more than the rest of its update.
  const [factors1, factors2] = [[NaN], [NaN]];
  const prepareFactors = (maximumAge: number) => {
    for (let age = factors1.length; age <= maximumAge; age++) {
      factors1.push(1 / (1 - Math.pow(beta1, age)));
      factors2.push(1 / (1 - Math.pow(beta2, age)));
    }
  };

  return {
    name: 'adamw',
    slots: 2,
    apply({ weights, gradients, slots: [means, squares], ages, count }, learningRate) {
      const ownAges = typeof ages === 'number' ? undefined : ages;
      let maximumAge = typeof ages === 'number' ? ages : 0;
      if (ownAges) for (let i = 0; i < count; i++) maximumAge = Math.max(maximumAge, ownAges[i]);
      prepareFactors(maximumAge);
      let [factor1, factor2] = [factors1[maximumAge], factors2[maximumAge]];
      const [new1, new2, keep] = [1 - beta1, 1 - beta2, 1 - learningRate * weightDecay];
      for (let i = 0; i < count; i++) {
        if (ownAges) {
          factor1 = factors1[ownAges[i]];
          factor2 = factors2[ownAges[i]];
        }
        const gradient = gradients[i];
        const mean = beta1 * means[i] + new1 * gradient;
        const square = beta2 * squares[i] + new2 * gradient * gradient;
        means[i] = mean;
        squares[i] = square;
        const step = (factor1 * mean) / (sqrt(factor2 * square) + epsilon);
        weights[i] = keep * weights[i] - learningRate * step;
      }
    },
    onTensors(learningRate, age) {
      prepareFactors(age);
      const constants = [beta1, 1 - beta1, beta2, 1 - beta2, 1 - learningRate * weightDecay, learningRate * factors1[age], factors2[age], epsilon];
      const [decay1, new1, decay2, new2, keep, rate, factor2, smoothing] = constants.map((value) => tf.scalar(value));
      return (weights, gradients, [means, squares]) => {
        const mean = tf.add(tf.mul(decay1, means), tf.mul(new1, gradients));
        const square = tf.add(tf.mul(decay2, squares), tf.mul(new2, tf.square(gradients)));
        const step = tf.div(tf.mul(rate, mean), tf.add(tf.sqrt(tf.mul(factor2, square)), smoothing));
        return { weights: tf.sub(tf.mul(keep, weights), step), slots: [mean, square] };
      };
    },
  };
}
