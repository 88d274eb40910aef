import { describe, expect, test } from '@jest/globals';
import { accuracy } from './accuracy.js';
import { matthews } from './matthews.js';
import { type Metric, ratioOf } from './metric.js';
import { sampledMetric } from './sampled-metric.js';

const answers = [1, 0, 1, 1, 0, 0];
const truths = [1, 0, 0, 1, 1, 0];
const weighted = ratioOf<number>((answer, truth) => [answer === truth ? 1 : 0, truth + 1]);

describe.each<[string, Metric]>([
  ['a mean of scores', accuracy],
  ['a ratio of sums', weighted],
  ['neither', matthews],
])('%s', (_, metric) => {
  test.each([[[0, 1, 2, 3, 4, 5]], [[4, 0, 0, 2, 5]]])('of examples %j is the metric of just these', (indices) => {
    const direct = metric(indices.map((index) => answers[index]), indices.map((index) => truths[index]));
    expect(sampledMetric(metric, answers, truths)(indices)).toBeCloseTo(direct, 12);
  });
});
