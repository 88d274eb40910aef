import { UnmaskError } from '@unmask/tensor-core';
import { checkBudget, checkSteps, type UnmaskSchedule } from './schedule.js';
import type { Pacing } from './pacings.js';

/** Settings of {@link uniform}. */
export interface UniformOptions {
  /** B: entries to unmask in all. */
  readonly budget: number;
  /** T: optimizer steps over which to spread them. */
  readonly steps: number;
}

/** Settings of {@link increment}. */
export interface IncrementOptions extends UniformOptions {
  /** Which share of the budget is unmasked after which share of the steps. */
  readonly pacing: Pacing;
}

/**
 * ID³'s schedule, B/T entries a step, in whole numbers: with q = ⌊B/T⌋ and r = B mod T, each of the first r steps unmasks
 * q + 1 entries and each later one q, so that c(t) = q·t + min(t, r) and c(T) = B exactly. Steps after T add nothing.
 */
export function uniform({ budget, steps }: UniformOptions): UnmaskSchedule {
  checkBudget(budget);
  checkSteps(steps);
  const share = Math.floor(budget / steps);
  const remainder = budget % steps;
  return Object.assign((step: number) => (step >= steps ? budget : share * step + Math.min(step, remainder)), { budget });
}

/**
 * A growing mask at another pace: c(t) = round(B·pacing(t/T)), and c(T) = B whatever the pacing rounds to.
 * @throws UnmaskError when the pacing leaves [0, 1] or falls
 */
export function increment({ budget, steps, pacing }: IncrementOptions): UnmaskSchedule {
  checkBudget(budget);
  checkSteps(steps);
  const counts = Float64Array.from({ length: steps + 1 }, (_, step) => (step === steps ? budget : Math.round(budget * pacing(step / steps))));
  counts[0] = 0;
  for (let step = 1; step <= steps; step++) {
    if (counts[step] >= counts[step - 1] && counts[step] <= budget) continue;
    throw new UnmaskError(`the pacing goes from ${counts[step - 1]} to ${counts[step]} of ${budget} entries in step ${step} of ${steps}: it must rise from 0 to 1 and never fall`);
  }
  return Object.assign((step: number) => counts[Math.min(step, steps)], { budget });
}
