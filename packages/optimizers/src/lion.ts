import { checkDecays, checkSizes } from './options.js';
import type { UpdateRule } from './update-rule.js';

/** Settings of {@link lion}; the defaults are those of the paper's code. */
export interface LionOptions {
  /** Share of the mean in the direction of a step, in [0, 1); 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of gradients, in [0, 1); 0.99 by default. */
  readonly beta2?: number;
  /** Decoupled weight decay, at least 0; 0 by default. It reaches only the entries that are updated. */
  readonly weightDecay?: number;
}

/**
 * Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023). With learning rate η:
 *
 *     θ ← θ − η·(sign(β₁·m + (1 − β₁)·g) + λ·θ)
 *     m ← β₂·m + (1 − β₂)·g
 *
 * Every step moves an entry by η, or by nothing where mean and gradient are zero; the paper's learning rates are 3 to 10
 * times smaller than AdamW's. Half of AdamW's state. Computed in float64; θ and m are stored as float32. An entry's age
 * plays no part.
 * @throws UnmaskError when an option is out of its range
 */
export function lion({ beta1 = 0.9, beta2 = 0.99, weightDecay = 0 }: LionOptions = {}): UpdateRule {
  checkDecays('lion', { beta1, beta2 });
  checkSizes('lion', { weightDecay });
  return {
    name: 'lion',
    slots: 1,
    apply({ weights, gradients, slots: [means], count }, learningRate) {
      const keep = 1 - learningRate * weightDecay;
      for (let i = 0; i < count; i++) {
        const gradient = gradients[i];
        const mean = means[i];
        weights[i] = keep * weights[i] - learningRate * Math.sign(beta1 * mean + (1 - beta1) * gradient);
        means[i] = beta2 * mean + (1 - beta2) * gradient;
      }
    },
  };
}
