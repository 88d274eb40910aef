import { UnmaskError } from '@unmask/tensor-core';
import { isOfParameters, type ImportanceMetric } from './metric.js';
import { placeHash } from './place-hash.js';

/** Settings of {@link sampled}. */
export interface SampledOptions {
  /** Share of the entries that are candidates, above 0 and at most 1. */
  readonly share: number;
  /** Integer; equal seeds draw equal candidates. */
  readonly seed: number;
}

/**
 * A metric that chooses among a random share of the entries only: the others score zero. Scores by gradients crowd into the
 * columns of a few large inputs; no column can give more than its share of candidates, so a small share spreads the choice.
 * A share of 1 leaves the metric as it is, and one as small as the budget leaves it nothing to choose: a random mask.
 * @throws UnmaskError when the share is outside (0, 1] or the seed is no integer
 */
export function sampled(metric: ImportanceMetric, { share, seed }: SampledOptions): ImportanceMetric {
  if (!(share > 0 && share <= 1)) throw new UnmaskError(`a share of ${share} of the entries as candidates: give a number above 0 and at most 1`);
  const hash = placeHash(seed);
  const limit = share * 2 ** 32;
  const onHost = { ...metric };
  delete onHost.scoreTensor; // places have no tensors
  const leaveOut = (scores: Float32Array, count: number, address: number): Float32Array => {
    for (let i = 0; i < count; i++) if (hash(address + i) >= limit) scores[i] = 0;
    return scores;
  };
  return {
    ...onHost,
    score(weights, weightOffset, gradients, gradientOffset, count, out, address) {
      metric.score(weights, weightOffset, gradients, gradientOffset, count, out, address);
      leaveOut(out, count, address);
    },
    ...(isOfParameters(metric) && {
      scoreParameter: (weights: Float32Array, gradients: Float32Array | undefined, shape: readonly number[], address: number) =>
        leaveOut(metric.scoreParameter(weights, gradients, shape, address), weights.length, address),
    }),
  };
}
