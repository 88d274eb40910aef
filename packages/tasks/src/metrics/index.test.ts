import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type MetricName, metrics } from './index.js';

interface Golden {
  name: string;
  predictions: number[];
  labels: number[];
  metrics: Partial<Record<MetricName, number>>;
}

// written by tools/reference/metrics.py
const goldens = JSON.parse(readFileSync(new URL('../../fixtures/metrics.json', import.meta.url), 'utf8')) as Golden[];

describe.each(goldens)('$name', ({ predictions, labels, metrics: expected }) => {
  test.each(Object.entries(expected) as [MetricName, number][])('%s equals scikit-learn or SciPy', (name, value) => {
    expect(Math.abs(metrics[name](predictions, labels) - value)).toBeLessThan(1e-9);
  });
});

test('the goldens cover every metric', () => {
  expect(new Set(goldens.flatMap((golden) => Object.keys(golden.metrics)))).toEqual(new Set(Object.keys(metrics)));
});

test('f1 and matthews count an id other than 1 as negative', () => {
  expect(metrics.f1([-1, 1], [1, 1])).toBeCloseTo(2 / 3);
  expect(metrics.matthews([-1, 1, 0], [0, 1, 0])).toBe(1);
});
