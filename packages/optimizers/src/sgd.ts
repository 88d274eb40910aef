import { UnmaskError } from '@unmask/tensor-core';
import { checkDecays, checkSizes } from './options.js';
import type { UpdateRule } from './update-rule.js';

/** Settings of {@link sgd}; the defaults are PyTorch's. */
export interface SgdOptions {
  /** Decay of the sum of gradients, in [0, 1); 0, which needs no state at all, by default. */
  readonly momentum?: number;
  /** Looks one step of momentum ahead (Nesterov); needs a momentum above 0. */
  readonly nesterov?: boolean;
  /** Weight decay as a part of the gradient, at least 0; 0 by default. It reaches only the entries that are updated. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum μ, as PyTorch defines it without dampening. With learning rate η:
 *
 *     g ← g + λ·θ
 *     b ← μ·b + g                    so b = g in an entry's first update, whenever that is
 *     θ ← θ − η·b                    or, with Nesterov's momentum, θ ← θ − η·(g + μ·b)
 *
 * Computed in float64; θ and b are stored as float32. An entry's age plays no part.
 * @throws UnmaskError when an option is out of its range
 */
export function sgd({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): UpdateRule {
  checkDecays('sgd', { momentum });
  checkSizes('sgd', { weightDecay });
  if (nesterov && momentum === 0) throw new UnmaskError('nesterov of sgd is true without momentum: give a momentum too, e.g. 0.9');
  return {
    name: 'sgd',
    slots: momentum === 0 ? 0 : 1,
    apply({ weights, gradients, slots: [sums], count }, learningRate) {
      if (momentum === 0) {
        for (let i = 0; i < count; i++) weights[i] -= learningRate * (gradients[i] + weightDecay * weights[i]);
        return;
      }
      for (let i = 0; i < count; i++) {
        const gradient = gradients[i] + weightDecay * weights[i];
        const sum = momentum * sums[i] + gradient;
        sums[i] = sum;
        weights[i] -= learningRate * (nesterov ? gradient + momentum * sum : sum);
      }
    },
  };
}
