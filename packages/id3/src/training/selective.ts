import type { ImportanceMetric } from '@unmask/importance';
import type { UpdateRule } from '@unmask/optimizers';
import { UnmaskError, type Parameter } from '@unmask/tensor-core';
import { allAtOnce } from '../schedules/static.js';
import { SelectiveTraining } from './selective-training.js';
import type { SelectiveOptions, SelectiveSettings } from '../settings.js';

/** How to train: bind it to a model's parameters to begin. */
export interface Strategy {
  /**
   * Starts training these parameters; those whose `trainable` is false are left out. Their order settles ties between
   * scores, so give them in the model's order, as `model.parameters()` does.
   * @throws UnmaskError when the budget exceeds the entries that can be selected
   */
  bind(parameters: readonly Parameter[]): SelectiveTraining;
}

/**
 * Trains a subset Λ of a model's entries. ID³ is `selective(rule, { metric: d3(), schedule: uniform({ budget, steps }) })`;
 * a static mask is a schedule that unmasks all at once. With H the metric and c the schedule, step t does:
 *
 *     ∇  = gradient of the loss at θ                       streamed, one parameter at a time
 *     uₜ = c(t) − |Λₜ₋₁|                                   so that a shortfall is made up for later
 *     λₜ = the uₜ best of {i ∉ Λₜ₋₁ : H(θᵢ, ∇ᵢ) > 0}       over all parameters together; ties go to the lower address
 *     Λₜ = Λₜ₋₁ ∪ λₜ
 *     θᵢ ← rule(θᵢ, ∇ᵢ) for i ∈ Λₜ                         the new entries included; all others stay as they are, bit for bit
 *
 * A schedule that renews takes for Λₜ the c(t) best of all i instead, one that exchanges gives up those that changed least for as
 * many others.
 * (Agarwal et al., "Step-by-step unmasking for parameter-efficient fine-tuning of large language models", TACL 2025, Algorithm 1.)
 */
export function selective(rule: UpdateRule, options: SelectiveOptions): Strategy {
  const everything = () => true;
  const nothing = () => false;
  const alike = () => 1;
  const settings: SelectiveSettings = { scope: everything, per: 'model', unit: 'entry', dense: nothing, biasCorrection: 'entry', onBadGradient: 'throw', rate: alike, rule, ...options };
  if (typeof settings.per === 'string') checkChoice('per', settings.per, ['model', 'tensor', 'row']);
  checkChoice('unit', settings.unit, ['entry', 'row', 'column']);
  checkChoice('biasCorrection', settings.biasCorrection, ['entry', 'global']);
  checkChoice('onBadGradient', settings.onBadGradient, ['throw', 'skip']);
  if (settings.clip) {
    checkChoice('clip.of', settings.clip.of, ['full', 'unmasked']);
    if (!(settings.clip.norm > 0)) throw new UnmaskError(`clip.norm is ${settings.clip.norm}: give a number above 0`);
  }
  return { bind: (parameters) => new SelectiveTraining(parameters, settings) };
}

/** Full fine-tuning: every entry of every trainable parameter trains from the first step on. */
export function fullFineTuning(rule: UpdateRule, options: Pick<SelectiveOptions, 'clip' | 'onBadGradient' | 'rate'> = {}): Strategy {
  return denseOnly(rule, () => true, options);
}

/** Trains some parameters in full and nothing else: BitFit with the biases, linear probing with the head. */
export function denseOnly(rule: UpdateRule, dense: (parameter: Parameter) => boolean, options: Pick<SelectiveOptions, 'clip' | 'onBadGradient' | 'rate'> = {}): Strategy {
  const none: ImportanceMetric = { name: 'none', uses: [], score: () => undefined };
  return selective(rule, { metric: none, schedule: allAtOnce({ budget: 0 }), scope: () => false, dense, ...options });
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw new UnmaskError(`${name} is "${value}": give ${choices.map((choice) => `"${choice}"`).join(' or ')}`);
}
