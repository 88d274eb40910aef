import { UnmaskError } from '@unmask/tensor-core';

/** Share of the steps, in [0, 1], → share of the budget that is unmasked by then: never falling, from 0 to 1. */
export type Pacing = (share: number) => number;

/** The rate falls linearly to zero: x(2 − x). */
export const linear: Pacing = (x) => x * (2 - x);

/** The rate falls along half a cosine wave to zero: x + sin(πx)/π. */
export const cosine: Pacing = (x) => x + Math.sin(Math.PI * x) / Math.PI;

/**
 * The rate falls as e^(−rate·x): (1 − e^(−rate·x))/(1 − e^(−rate)).
 * @param rate how often it falls by the factor e over the run, 3 by default; a negative one makes it rise
 */
export function exponential(rate = 3): Pacing {
  if (!(Number.isFinite(rate) && rate !== 0)) throw new UnmaskError(`the rate of the exponential pacing is ${rate}: give a finite number other than 0`);
  return (x) => Math.expm1(-rate * x) / Math.expm1(-rate);
}

/**
 * Equal parts at the start of equal stages: ⌈k·x⌉/k for k stages.
 * @param stages k, at least 1; with 1 the whole budget is unmasked in the first step
 */
export function staircase(stages: number): Pacing {
  if (!(Number.isInteger(stages) && stages >= 1)) throw new UnmaskError(`a pacing of ${stages} stages: give a positive integer`);
  return (x) => Math.ceil(stages * x) / stages;
}
