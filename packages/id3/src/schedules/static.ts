import { checkBudget, type UnmaskSchedule } from './schedule.js';

/** Settings of {@link allAtOnce} and {@link repeat}. */
export interface BudgetOptions {
  /** B: entries that train. */
  readonly budget: number;
}

/** The whole budget in the first step, fixed from then on: the static masks of PaFi, FishMask and others. */
export function allAtOnce({ budget }: BudgetOptions): UnmaskSchedule {
  checkBudget(budget);
  return Object.assign((step: number) => (step >= 1 ? budget : 0), { budget });
}

/**
 * The best B of all entries afresh in each step. What leaves the choice keeps the value that it has and loses its optimizer
 * state, so far more than B entries change over a run.
 */
export function repeat({ budget }: BudgetOptions): UnmaskSchedule {
  return Object.assign(allAtOnce({ budget }), { renews: () => true });
}
