import { expect, test } from '@jest/globals';
import { languageMetrics } from './language.js';

test('tokens weigh alike, whatever text they are of', () => {
  const readings = [[Math.log(0.5) * 2, 2, 1], [Math.log(0.25), 1, 0]] as const;
  const of = (name: keyof typeof languageMetrics) => languageMetrics[name](readings, readings);
  expect(of('loss')).toBeCloseTo((4 * Math.log(2)) / 3, 10);
  expect(of('perplexity')).toBeCloseTo(2 ** (4 / 3), 10);
  expect(of('tokenProbability')).toBeCloseTo(2 ** (-4 / 3), 10);
  expect(of('tokenAccuracy')).toBeCloseTo(1 / 3, 10);
});
