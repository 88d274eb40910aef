import type { Random } from '@unmask/tensor-core';
import { mean, quantile } from './statistics.js';

/** The outcome of a paired bootstrap. */
export interface BootstrapResult {
  /** First minus second, on all examples. */
  readonly difference: number;
  /** 95 % interval of the difference: percentiles of the resampled ones. */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided: twice the share of resampled differences on the other side of zero, zero itself included. */
  readonly p: number;
}

/** A system's metric as a function of the indices of examples. */
export type System = (indices: readonly number[]) => number;

/** A system's metric on all examples and on each resample. */
export interface Resampled {
  readonly observed: number;
  readonly values: Float64Array;
}

/** Systems on resamples of the examples, drawn with replacement, the same for all: so differences between them are paired. */
export function resample(systems: readonly System[], examples: number, resamples: number, random: Random): Resampled[] {
  const all = Array.from({ length: examples }, (_, index) => index);
  const results = systems.map((system) => ({ observed: system(all), values: new Float64Array(resamples) }));
  for (let round = 0; round < resamples; round++) {
    const drawn = all.map(() => random.integer(examples));
    for (const [index, system] of systems.entries()) results[index].values[round] = system(drawn);
  }
  return results;
}

/**
 * Whether two systems differ by more than the choice of examples explains (Efron and Tibshirani, 1993, chapter 16). The p-value
 * is (1 + 2·min(#{d ≤ 0}, #{d ≥ 0})) / (1 + resamples) for resampled differences d, at most 1.
 * @param pairs the two systems, once for each seed; their differences are averaged
 */
export function pairedDifference(pairs: readonly (readonly [Resampled, Resampled])[]): BootstrapResult {
  const difference = mean(pairs.map(([first, second]) => first.observed - second.observed));
  const differences = pairs[0][0].values.map((_, round) => mean(pairs.map(([first, second]) => first.values[round] - second.values[round]))).sort();
  const [notAbove, notBelow] = [differences.filter((value) => value <= 0).length, differences.filter((value) => value >= 0).length];
  return {
    difference,
    interval: [quantile(differences, 0.025), quantile(differences, 0.975)],
    p: Math.min(1, (1 + 2 * Math.min(notAbove, notBelow)) / (1 + differences.length)),
  };
}
