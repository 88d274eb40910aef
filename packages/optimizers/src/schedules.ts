import { UnmaskError } from '@unmask/tensor-core';

/** Factor on the learning rate at a step, counted from 1. */
export type LearningRateSchedule = (step: number) => number;

/** Settings of a schedule that warms up and then decays. */
export interface DecayOptions {
  /** Steps of the whole run, at least 1. */
  readonly steps: number;
  /** Steps over which the factor rises, less than `steps`; none by default. */
  readonly warmup?: number;
}

/** Rises linearly over `warmup` steps to 1, t/(w + 1) up to step w, and stays there; without options it is always 1. */
export function constant(options: DecayOptions = { steps: 1 }): LearningRateSchedule {
  return decay(options, () => 1);
}

/**
 * Rises linearly over `warmup` steps to 1, then falls linearly towards 0, which it would reach one step after the last:
 * t/(w + 1) up to step w, then (T − t + 1)/(T − w). No step has factor 0, so none is wasted.
 * @throws UnmaskError when the steps are no positive integer or the warm-up does not fit into them
 */
export function linearDecay(options: DecayOptions): LearningRateSchedule {
  return decay(options, (left) => left);
}

/**
 * Rises as {@link linearDecay} does, then falls along half a cosine: (1 − cos(π·s))/2 of the share s of the steps that is left.
 * @throws UnmaskError as {@link linearDecay}
 */
export function cosineDecay(options: DecayOptions): LearningRateSchedule {
  return decay(options, (left) => (1 - Math.cos(Math.PI * left)) / 2);
}

/** @param factorOf share of the steps after the warm-up that is left, 1 at first → factor */
function decay({ steps, warmup = 0 }: DecayOptions, factorOf: (left: number) => number): LearningRateSchedule {
  if (!(Number.isInteger(steps) && steps >= 1)) throw new UnmaskError(`the schedule has ${steps} steps: give a positive integer`);
  if (!(Number.isInteger(warmup) && warmup >= 0 && warmup < steps)) {
    throw new UnmaskError(`a warm-up of ${warmup} steps does not fit into ${steps}: give an integer from 0 to ${steps - 1}`);
  }
  return (step) => (step <= warmup ? step / (warmup + 1) : factorOf(Math.max(0, (steps - step + 1) / (steps - warmup))));
}
