import { expect, test } from '@jest/globals';
import { deviation, quantile, ranks } from './statistics.js';

test('ranks are from the highest on, and equal values share theirs', () => {
  expect(ranks([0.7, 0.9, 0.7, 0.1])).toEqual([2.5, 1, 2.5, 4]);
  expect(ranks([0.5, 0.5, 0.5])).toEqual([2, 2, 2]);
});

test('the deviation is that of a sample', () => expect(deviation([1, 2, 3, 4])).toBeCloseTo(Math.sqrt(5 / 3), 12));

test('quantiles lie between the values', () => {
  expect(quantile([10, 20, 30, 40, 50], 0.5)).toBe(30);
  expect(quantile([10, 20, 30, 40, 50], 0.1)).toBeCloseTo(14, 12);
  expect(quantile([7], 0.975)).toBe(7);
});
