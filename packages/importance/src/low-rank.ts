import { lowRankApproximation, Random, UnmaskError } from '@unmask/tensor-core';
import type { ImportanceMetric, ParameterMetric } from './metric.js';

/** Settings of {@link lowRank}. */
export interface LowRankOptions {
  /** r, at least 1; matrices of a smaller rank are taken as they are. */
  readonly rank: number;
  /** Where the approximation starts from. */
  readonly seed: number;
}

/**
 * Another metric of each matrix's approximation of rank r in the place of the matrix: LIFT takes the largest entries of it, the
 * principal weights (Liu et al. 2025, arXiv 2506.00772). Vectors are taken as they are.
 */
export function lowRank(metric: ImportanceMetric, { rank, seed }: LowRankOptions): ParameterMetric {
  if (!(Number.isInteger(rank) && rank >= 1)) throw new UnmaskError(`an approximation of rank ${rank}: give a positive integer`);
  return {
    name: `low-rank ${metric.name}`,
    uses: metric.uses,
    score: metric.score.bind(metric),
    scoreParameter(weights, gradients, shape, address) {
      const [rows, columns] = shape;
      const filtered =
        shape.length === 2 && rank < Math.min(rows, columns) ? lowRankApproximation({ rows, columns, values: weights }, rank, { random: new Random(`${seed}/${address}`) }) : weights;
      const scores = new Float32Array(weights.length);
      metric.score(filtered, 0, gradients ?? new Float32Array(0), 0, weights.length, scores, address);
      return scores;
    },
  };
}
