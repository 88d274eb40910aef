import { UnmaskError } from '@unmask/tensor-core';
import { checkSteps, type UnmaskSchedule } from './schedule.js';
import { allAtOnce, type BudgetOptions } from './static.js';

/** Settings of {@link exchange}. */
export interface ExchangeOptions extends BudgetOptions {
  /** T: optimizer steps of the training. */
  readonly steps: number;
  /** An exchange takes place in every k-th step, at least 1. */
  readonly every: number;
  /** The share of the entries that the first exchange may replace, in (0, 1]; it falls evenly to 0 at the last step; 0.2 by default. */
  readonly rate?: number;
}

/**
 * The whole budget in the first step, and from then on in every k-th step some entries for others: drop and grow, under an exact
 * budget (SpIEL: Ansell et al. 2024, arXiv 2401.16405, every 20 steps at a rate of 0.2).
 * @throws UnmaskError when an option is out of range
 */
export function exchange({ budget, steps, every, rate = 0.2 }: ExchangeOptions): UnmaskSchedule {
  checkSteps(steps);
  if (!(Number.isInteger(every) && every >= 1)) throw new UnmaskError(`an exchange in every ${every} steps: give a positive integer`);
  if (!(rate > 0 && rate <= 1)) throw new UnmaskError(`the rate of an exchange is ${rate}: give a number above 0 and up to 1`);
  const exchanges = (step: number) => (step > 1 && step % every === 1 % every ? rate * Math.max(0, 1 - step / steps) : 0);
  return Object.assign(allAtOnce({ budget }), { exchanges });
}
