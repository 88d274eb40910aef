import type { ImportanceMetric } from '@unmask/importance';
import type { UpdateRule } from '@unmask/optimizers';
import { UnmaskError, type Parameter } from '@unmask/tensor-core';
import { allAtOnce, type UnmaskSchedule } from './schedule.js';
import { SelectiveTraining } from './selective-training.js';

/** How to train: bind it to a model's parameters to begin. */
export interface Strategy {
  /**
   * Starts training these parameters; those whose `trainable` is false are left out. Their order settles ties between
   * scores, so give them in the model's order, as `model.parameters()` does.
   * @throws UnmaskError when the budget exceeds the entries that can be selected
   */
  bind(parameters: readonly Parameter[]): SelectiveTraining;
}

/** Settings of {@link selective}. */
export interface SelectiveOptions {
  /** Ranks the entries. */
  readonly metric: ImportanceMetric;
  /** When how many of them are unmasked. */
  readonly schedule: UnmaskSchedule;
  /** Parameters that train in full outside the selection and its budget, such as a new head; none by default. */
  readonly dense?: (parameter: Parameter) => boolean;
  /**
   * What the update rule takes for an entry's number of updates: its own (`'entry'`, the default), or the number of steps
   * (`'global'`), as a dense optimizer under a mask would. With AdamW the latter makes a late entry's first updates
   * several times too large.
   */
  readonly biasCorrection?: 'entry' | 'global';
}

/**
 * Trains a growing subset Λ of a model's entries. ID³ is `selective(rule, { metric: d3(), schedule: uniform({ budget, steps }) })`;
 * a static mask is a schedule that unmasks all at once. With H the metric and c the schedule, step t does:
 *
 *     ∇  = gradient of the loss at θ                       streamed, one parameter at a time
 *     uₜ = c(t) − |Λₜ₋₁|                                   so that a shortfall is made up for later
 *     λₜ = the uₜ best of {i ∉ Λₜ₋₁ : H(θᵢ, ∇ᵢ) > 0}       over all parameters together; ties go to the lower address
 *     Λₜ = Λₜ₋₁ ∪ λₜ
 *     θᵢ ← rule(θᵢ, ∇ᵢ) for i ∈ Λₜ                         the new entries included; all others stay as they are, bit for bit
 *
 * (Agarwal et al., "Step-by-step unmasking for parameter-efficient fine-tuning of large language models", TACL 2025, Algorithm 1.)
 */
export function selective(rule: UpdateRule, { metric, schedule, dense = () => false, biasCorrection = 'entry' }: SelectiveOptions): Strategy {
  if (biasCorrection !== 'entry' && biasCorrection !== 'global') {
    throw new UnmaskError(`biasCorrection is "${String(biasCorrection)}": give "entry" or "global"`);
  }
  return { bind: (parameters) => new SelectiveTraining(parameters, { rule, metric, schedule, dense, biasCorrection }) };
}

/** Full fine-tuning: every entry of every trainable parameter trains from the first step on. */
export function fullFineTuning(rule: UpdateRule): Strategy {
  const nothing: ImportanceMetric = { name: 'none', uses: [], score: () => undefined };
  return selective(rule, { metric: nothing, schedule: allAtOnce({ budget: 0 }), dense: () => true });
}
