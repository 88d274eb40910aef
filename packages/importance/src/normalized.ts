import type { ImportanceMetric, ParameterMetric } from './metric.js';

/**
 * Another metric of gradients that are divided by the root mean square of their tensor's, so that tensors whose gradients are
 * large everywhere do not take the whole budget.
 */
export function normalized(metric: ImportanceMetric): ParameterMetric {
  return {
    name: `normalized ${metric.name}`,
    uses: metric.uses,
    score: metric.score.bind(metric),
    scoreParameter(weights, gradients, _shape, address) {
      const given = gradients ?? new Float32Array(weights.length);
      const mean = Math.sqrt(given.reduce((sum, gradient) => sum + gradient * gradient, 0) / given.length);
      const scores = new Float32Array(weights.length);
      metric.score(weights, 0, mean > 0 ? given.map((gradient) => gradient / mean) : given, 0, weights.length, scores, address);
      return scores;
    },
  };
}
