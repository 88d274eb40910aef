import { UnmaskError } from '@unmask/tensor-core';

/**
 * How many entries are unmasked in all once a step, counted from 1, has chosen its share: never falling, and 0 at step 0.
 * Being cumulative, it cannot miss its budget, whatever single steps yield. Any function of that kind will do.
 */
export interface UnmaskSchedule {
  (step: number): number;
  /** The final number, if known: it lets `selective` refuse an impossible one before training. */
  readonly budget?: number;
  /**
   * Which share of the unmasked entries, in [0, 1], a step exchanges for as many others: those that have changed least go back to
   * the value that they had before they trained, and lose their optimizer state. Without it none is given up.
   */
  readonly exchanges?: (step: number) => number;
  /** True at steps that choose all of their entries afresh, also among the unmasked ones; without it none is ever given up. */
  readonly renews?: (step: number) => boolean;
}

/** @throws UnmaskError unless the budget is an integer of at least 0 */
export function checkBudget(budget: number): void {
  if (!(Number.isInteger(budget) && budget >= 0)) throw new UnmaskError(`a budget of ${budget} entries: give an integer of at least 0`);
}

/** @throws UnmaskError unless the number of steps is a positive integer */
export function checkSteps(steps: number): void {
  if (!(Number.isInteger(steps) && steps >= 1)) throw new UnmaskError(`a schedule over ${steps} steps: give a positive integer`);
}
