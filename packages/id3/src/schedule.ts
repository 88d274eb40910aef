import { UnmaskError } from '@unmask/tensor-core';

/**
 * How many entries are unmasked in all once a step, counted from 1, has chosen its share: never falling, and 0 at step 0.
 * `budget`, where given, is the final number; it lets {@link selective} refuse an impossible one before training.
 */
export interface UnmaskSchedule {
  (step: number): number;
  readonly budget?: number;
}

/** Settings of {@link uniform}. */
export interface UniformOptions {
  /** B: entries to unmask in all. */
  readonly budget: number;
  /** T: optimizer steps over which to spread them. */
  readonly steps: number;
}

/**
 * ID³'s schedule, B/T entries a step, in whole numbers: with q = ⌊B/T⌋ and r = B mod T, each of the first r steps unmasks
 * q + 1 entries and each later one q, so that c(t) = q·t + min(t, r) and c(T) = B exactly. Steps after T add nothing.
 */
export function uniform({ budget, steps }: UniformOptions): UnmaskSchedule {
  checkBudget(budget);
  if (!(Number.isInteger(steps) && steps >= 1)) throw new UnmaskError(`a schedule over ${steps} steps: give a positive integer`);
  const share = Math.floor(budget / steps);
  const remainder = budget % steps;
  return Object.assign((step: number) => (step >= steps ? budget : share * step + Math.min(step, remainder)), { budget });
}

/** The whole budget in the first step: a static mask. */
export function allAtOnce({ budget }: Pick<UniformOptions, 'budget'>): UnmaskSchedule {
  checkBudget(budget);
  return Object.assign((step: number) => (step >= 1 ? budget : 0), { budget });
}

function checkBudget(budget: number): void {
  if (!(Number.isInteger(budget) && budget >= 0)) throw new UnmaskError(`a budget of ${budget} entries: give an integer of at least 0`);
}
