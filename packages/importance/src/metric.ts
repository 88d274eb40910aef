import type { tf } from '@unmask/tensor-core';

/**
 * Rates entries (single scalars of parameters) by how much training them is expected to help.
 * Scores are compared across all parameters, so they need one common scale.
 */
export interface ImportanceMetric {
  readonly name: string;
  /** What the scores depend on. A metric without `'gradient'` chooses from the weights alone and is given no gradients. */
  readonly uses: readonly ('weight' | 'gradient')[];
  /**
   * Scores `count` entries: out[i] rates weights[weightOffset + i] with gradients[gradientOffset + i].
   * Higher is better; an entry that scores zero or NaN is never chosen.
   * @param address position of the first entry among all entries of the model, for metrics that depend on the place
   */
  score(
    weights: Float32Array,
    weightOffset: number,
    gradients: Float32Array,
    gradientOffset: number,
    count: number,
    out: Float32Array,
    address: number,
  ): void;
  /**
   * How many of the `count` entries, from the first on, surely score below `threshold` (at least 2⁻¹⁴⁹), without scoring
   * them: nearly all entries of a model do, and a comparison costs less than a score. It may stop early, also at a gradient
   * that is not finite, and counts no entry that could reach the threshold. Optional.
   */
  countBelow?(
    threshold: number,
    weights: Float32Array,
    weightOffset: number,
    gradients: Float32Array,
    gradientOffset: number,
    count: number,
  ): number;
  /**
   * The same scores, up to float32's rounding, where the tensors live, for engines with memory of their own: a tensor of
   * the weight's shape, owned by the caller. Call it inside `tf.tidy`, which frees what it made on the way. Metrics that
   * depend on more than weight and gradient, such as `random` and `fisher`, are without it and are scored on the host.
   */
  scoreTensor?(weight: tf.Tensor, gradient: tf.Tensor): tf.Tensor;
}

/**
 * A metric whose score of an entry depends on other entries of its parameter, such as the direction of the whole gradient. Its
 * parameters are scored as a whole; what `score` gives is not asked for.
 */
export interface ParameterMetric extends ImportanceMetric {
  /**
   * @param gradients undefined for a metric that uses none
   * @param address position of the first entry among all entries of the model
   * @returns a score for each entry
   */
  scoreParameter(weights: Float32Array, gradients: Float32Array | undefined, shape: readonly number[], address: number): Float32Array;
}

/** Whether a metric scores a parameter as a whole. */
export function isOfParameters(metric: ImportanceMetric): metric is ParameterMetric {
  return 'scoreParameter' in metric;
}

/**
 * A metric that goes by the gradients of all steps since the last choice, and so needs all of them. It holds the state of one
 * training.
 */
export interface AccumulatedMetric extends ImportanceMetric {
  /** Begins over `size` entries, from nothing. */
  begin(size: number): void;
  /** Takes in the gradients of `count` entries from one step: gradients[gradientOffset + i] is that of the entry `address + i`. */
  accumulate(gradients: Float32Array, gradientOffset: number, count: number, address: number): void;
  /** Begins anew, after a choice. */
  restart(): void;
}

/** Whether a metric goes by the gradients of several steps. */
export function isAccumulated(metric: ImportanceMetric): metric is AccumulatedMetric {
  return 'accumulate' in metric;
}

/**
 * A metric that is estimated from the gradients of several samples before anything is chosen. It holds the state of one
 * estimate, so two trainings need a metric each.
 */
export interface EstimatedMetric extends ImportanceMetric {
  /** Begins an estimate over `size` entries, from nothing. */
  begin(size: number): void;
  /**
   * Takes in the gradients of `count` entries from one sample: gradients[gradientOffset + i] is that of the entry
   * `address + i`. Entries that a sample does not reach need not be given.
   */
  observe(gradients: Float32Array, gradientOffset: number, count: number, address: number): void;
  /** Frees the estimate. */
  end(): void;
}

/** Whether a metric must be estimated before it scores. */
export function isEstimated(metric: ImportanceMetric): metric is EstimatedMetric {
  return 'observe' in metric;
}
