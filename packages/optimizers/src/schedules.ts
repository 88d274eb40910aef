import { UnmaskError } from '@unmask/tensor-core';

/** Factor on the learning rate at a step, counted from 1. */
export type LearningRateSchedule = (step: number) => number;

/** Always 1. */
export function constant(): LearningRateSchedule {
  return () => 1;
}

/** Settings of {@link linearDecay}. */
export interface LinearDecayOptions {
  /** Steps of the whole run, at least 1. */
  readonly steps: number;
  /** Steps over which the factor rises, less than `steps`; none by default. */
  readonly warmup?: number;
}

/**
 * Rises linearly over `warmup` steps to 1, then falls linearly towards 0, which it would reach one step after the last:
 * t/(w + 1) up to step w, then (T − t + 1)/(T − w). No step has factor 0, so none is wasted.
 * @throws UnmaskError when the steps are no positive integer or the warm-up does not fit into them
 */
export function linearDecay({ steps, warmup = 0 }: LinearDecayOptions): LearningRateSchedule {
  if (!(Number.isInteger(steps) && steps >= 1)) throw new UnmaskError(`the schedule has ${steps} steps: give a positive integer`);
  if (!(Number.isInteger(warmup) && warmup >= 0 && warmup < steps)) {
    throw new UnmaskError(`a warm-up of ${warmup} steps does not fit into ${steps}: give an integer from 0 to ${steps - 1}`);
  }
  return (step) => (step <= warmup ? step / (warmup + 1) : Math.max(0, (steps - step + 1) / (steps - warmup)));
}
