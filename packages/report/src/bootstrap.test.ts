import { describe, expect, test } from '@jest/globals';
import { Random } from '@unmask/tensor-core';
import { pairedDifference, resample, type System } from './bootstrap.js';

const system = (scores: readonly number[]): System => (indices) => indices.reduce((sum, index) => sum + scores[index], 0) / indices.length;

/** Two systems on the same examples: how many each of them alone gets right, and how many both do. */
function pair({ first, second, both, neither }: { first: number; second: number; both: number; neither: number }): [number[], number[]] {
  const repeat = (score: number, times: number) => Array<number>(times).fill(score);
  return [
    [...repeat(1, first), ...repeat(0, second), ...repeat(1, both), ...repeat(0, neither)],
    [...repeat(0, first), ...repeat(1, second), ...repeat(1, both), ...repeat(0, neither)],
  ];
}

function compare(pairs: readonly (readonly [number[], number[]])[], resamples: number, seed = 1) {
  const all = resample(pairs.flat().map(system), pairs[0][0].length, resamples, new Random(seed));
  return pairedDifference(pairs.map((_, index) => [all[2 * index], all[2 * index + 1]] as const));
}

/** Upper tail of the standard normal distribution (Abramowitz and Stegun, 26.2.17; error below 1e-7). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
}

describe('a paired difference of accuracies agrees with the normal approximation', () => {
  test.each([
    { first: 30, second: 18, both: 100, neither: 52 },
    { first: 35, second: 15, both: 100, neither: 50 },
    { first: 20, second: 21, both: 110, neither: 49 },
  ])('$first against $second discordant examples of 200', (counts) => {
    const { first, second } = counts;
    const difference = (first - second) / 200;
    const error = Math.sqrt((first + second) / 200 - difference ** 2) / Math.sqrt(200);
    const result = compare([pair(counts)], 3000);
    expect(result.difference).toBeCloseTo(difference, 12);
    expect(Math.abs(result.interval[0] - (difference - 1.96 * error))).toBeLessThan(0.01);
    expect(Math.abs(result.interval[1] - (difference + 1.96 * error))).toBeLessThan(0.01);
    // accuracies move in steps of one example, and the bootstrap counts the step at zero in full
    const z = Math.max(0, Math.abs(difference) - 0.5 / 200) / error;
    expect(Math.abs(result.p - Math.min(1, 2 * upperTail(z)))).toBeLessThan(0.03);
  });
});

test('equal systems do not differ', () => {
  const [scores] = pair({ first: 3, second: 4, both: 5, neither: 6 });
  expect(compare([[scores, scores]], 200)).toEqual({ difference: 0, interval: [0, 0], p: 1 });
});

test('a system that is better on every example has the smallest p there is', () => {
  const result = compare([pair({ first: 50, second: 0, both: 0, neither: 0 })], 1000);
  expect(result).toEqual({ difference: 1, interval: [1, 1], p: 1 / 1001 });
});

test('differences of several seeds are averaged on the same examples', () => {
  const better = pair({ first: 40, second: 10, both: 40, neither: 10 });
  const worse: [number[], number[]] = [better[1], better[0]];
  expect(compare([better, worse], 500)).toEqual({ difference: 0, interval: [0, 0], p: 1 });
  expect(compare([better, better], 500)).toEqual(compare([better], 500));
});

test('the same seed gives the same result, another seed another one', () => {
  const example = pair({ first: 30, second: 20, both: 30, neither: 20 });
  expect(compare([example], 300, 5)).toEqual(compare([example], 300, 5));
  expect(compare([example], 300, 6)).not.toEqual(compare([example], 300, 5));
});
