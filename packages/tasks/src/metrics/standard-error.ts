import { Random } from '@unmask/tensor-core';
import { mean, type Metric } from './metric.js';
import { sampledMetric } from './sampled-metric.js';

/** Resamples of a bootstrap: its own error is about 2 % then. */
const RESAMPLES = 1000;

/**
 * Standard error of a metric, by which it would vary over evaluation sets of this size. Of a mean of scores it is
 * s/√n, s² = Σ (score − mean)²/(n − 1); of other metrics the standard deviation over 1000 bootstrap samples (Efron, 1979),
 * drawn from `seed`.
 * @returns null for fewer than two examples, which do not show how they vary
 */
export function standardError<Answer, Truth>(metric: Metric<Answer, Truth>, answers: ArrayLike<Answer>, truths: ArrayLike<Truth>, seed: number | string): number | null {
  if (truths.length < 2) return null;
  const { score } = metric;
  if (score) return deviation(Array.from(truths, (truth, index) => score(answers[index], truth))) / Math.sqrt(truths.length);
  const random = new Random(seed);
  const valueOf = sampledMetric(metric, answers, truths);
  return deviation(Array.from({ length: RESAMPLES }, () => valueOf(Array.from({ length: truths.length }, () => random.integer(truths.length)))));
}

function deviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
