import { mean, type Metric, ratio } from './metric.js';

/**
 * A metric as a function of indices into these answers and truths, each counted as often as it is named: what a bootstrap
 * evaluates a thousand times. What one example adds to a mean or a ratio is worked out once.
 */
export function sampledMetric<Answer, Truth>(metric: Metric<Answer, Truth>, answers: ArrayLike<Answer>, truths: ArrayLike<Truth>): (indices: readonly number[]) => number {
  const { score, parts } = metric;
  if (score) {
    const each = Array.from(truths, (truth, index) => score(answers[index], truth));
    return (indices) => mean(indices.map((index) => each[index]));
  }
  if (parts) {
    const each = Array.from(truths, (truth, index) => parts(answers[index], truth));
    return (indices) => ratio(indices.map((index) => each[index]));
  }
  return (indices) => metric(indices.map((index) => answers[index]), indices.map((index) => truths[index]));
}
