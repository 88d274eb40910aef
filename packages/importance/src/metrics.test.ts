import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnmaskError } from '@unmask/tensor-core';
import { d3, gradient, magnitude, random, sampled, taylor, type ImportanceMetric } from './index.js';

/** Scores with offsets, which every metric has to honour. */
function scores(metric: ImportanceMetric, weights: number[], gradients: number[], address = 0): number[] {
  const out = new Float32Array(weights.length + 1).fill(-1);
  metric.score(Float32Array.of(9, 9, ...weights), 2, Float32Array.of(9, ...gradients), 1, weights.length, out, address);
  expect(out[weights.length]).toBe(-1);
  return Array.from(out.subarray(0, weights.length));
}
const float32 = (values: number[]) => Array.from(Float32Array.from(values));

describe('d3', () => {
  const weights = float32([0, -0.5, 2, 1e-3, -7, 0.25, 3]);
  const gradients = float32([1, -2, 0, 3e-5, -0.125, 8, 1e-8]);

  test.each([0, 1, -1, 2, 0.5, -2])('is |g| / (|w| + ε)^%p', (exponent) => {
    const expected = weights.map((weight, i) => Math.abs(gradients[i]) / (Math.abs(weight) + 0.01) ** exponent);
    const found = scores(d3({ exponent, epsilon: 0.01 }), weights, gradients);
    found.forEach((score, i) => expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(1e-7 * expected[i]));
  });

  test('defaults to exponent 1 and ε 1e-3', () => {
    expect(scores(d3(), [0, 1], [1, 1])).toEqual(float32([1000, 1 / 1.001]));
  });

  test('without smoothing, a zero weight wins if it has a gradient and is never chosen if it has none', () => {
    expect(scores(d3({ epsilon: 0 }), [0, 0], [1, 0])).toEqual([Infinity, NaN]);
  });

  test('counts as surely below a threshold only what scores below it, and nearly all of that', () => {
    // Few distinct values, so that scores meet the threshold exactly; zeros, infinities and NaN among them.
    const value = fc.oneof(fc.constantFrom(0, -0, 1, -0.5, 3e-3, 1e30, Infinity, NaN), fc.float({ noNaN: true }));
    const cases = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cases, fc.nat(), fc.constantFrom(0, 1e-3, 1), (entries, pick, epsilon) => {
        const metric = d3({ epsilon });
        const [weights, gradients] = [0, 1].map((side) => Float32Array.from([7, ...entries.map((entry) => entry[side])]));
        const found = scores(metric, [...weights.subarray(1)], [...gradients.subarray(1)]);
        const threshold = Math.max(2 ** -149, found[pick % found.length] || 0);
        const count = metric.countBelow!(threshold, weights, 1, gradients, 1, entries.length);
        expect(count).toBeLessThanOrEqual(entries.length);
        for (const score of found.slice(0, count)) expect(score).toBeLessThan(threshold);
        expect(gradients.subarray(1, 1 + count).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    const one = (threshold: number, weight: number, gradient: number) => d3({ epsilon: 0 }).countBelow!(threshold, new Float32Array(4).fill(weight), 0, new Float32Array(4).fill(gradient), 0, 4);
    expect(one(Infinity, 1e-30, 1e30)).toBe(0); // 10⁶⁰ is infinite in float32
    expect(one(2 ** -149, 1.5, 2 ** -149)).toBe(0); // two thirds of the smallest float32 round up to it
    expect(one(2 ** -149, 4, 2 ** -149)).toBe(4);
    expect(d3().countBelow!(1, new Float32Array(100), 0, new Float32Array(100).fill(1e-4), 0, 100)).toBe(100);
  });

  test('refuses impossible settings', () => {
    expect(() => d3({ exponent: NaN })).toThrow('the exponent of d3 is NaN');
    expect(() => d3({ epsilon: -1 })).toThrow('the epsilon of d3 is -1');
  });
});

test.each([() => d3({ epsilon: -1 }), () => magnitude({ keep: 'no' as 'smallest' }), () => random({ seed: NaN })])('%s throws an UnmaskError', (make) => {
  expect(make).toThrow(UnmaskError);
});

test('gradient is |g|', () => {
  expect(scores(gradient(), [1, 2, 3], [-4, 0, 0.5])).toEqual([4, 0, 0.5]);
});

test('taylor is |w·g|', () => {
  expect(scores(taylor(), [1, -2, 3, 0], [-4, 0, 0.5, 7])).toEqual([4, 0, 1.5, 0]);
});

test('taylor is d3 with exponent −1 and no smoothing', () => {
  const [weights, gradients] = [float32([0.3, -1e-3, 7]), float32([-2e-5, 0.7, 11])];
  expect(scores(taylor(), weights, gradients)).toEqual(scores(d3({ exponent: -1, epsilon: 0 }), weights, gradients));
});

describe('magnitude', () => {
  test('largest is |w|', () => {
    expect(scores(magnitude({ keep: 'largest' }), [-4, 0, 0.5], [])).toEqual([4, 0, 0.5]);
  });

  test('smallest orders magnitudes strictly, down to neighbouring floats, zeros and denormals', () => {
    const descending = [1e38, 3, 1 + 2 ** -22, 1 + 2 ** -23, 1, 1e-3, 2 ** -149];
    const found = scores(magnitude({ keep: 'smallest' }), [...descending, 0], []);
    found.forEach((score, i) => expect(score).toBeGreaterThan(i === 0 ? 0 : found[i - 1]));
    expect(Number.isFinite(found.at(-1))).toBe(true);
    expect(scores(magnitude({ keep: 'smallest' }), [-1, 1, -0, 0], [])).toEqual(
      scores(magnitude({ keep: 'smallest' }), [1, -1, 0, -0], []),
    );
  });

  test('never chooses weights that are not finite', () => {
    expect(scores(magnitude({ keep: 'smallest' }), [NaN, Infinity, -Infinity], [])).toEqual([NaN, NaN, NaN]);
  });

  test('refuses other choices', () => {
    expect(() => magnitude({ keep: 'middle' as 'smallest' })).toThrow('keep is "middle"');
  });
});

describe('random', () => {
  const draw = (seed: number, count: number, address = 0) => scores(random({ seed }), new Array<number>(count).fill(0), [], address);

  test('depends on seed and address alone', () => {
    expect(draw(3, 100).slice(40)).toEqual(draw(3, 60, 40));
    expect(draw(3, 10)).not.toEqual(draw(4, 10));
    expect(draw(3, 10)).not.toEqual(draw(3 + 2 ** 32, 10));
  });

  test('chooses uniformly, and independently for different seeds', () => {
    const best = (seed: number) => draw(seed, 100_000).flatMap((score, i) => (score > 1 / 2 ** 32 / 0.1 ? [i] : []));
    const [one, other] = [best(1), new Set(best(2))];
    expect(Math.abs(one.length - 10_000)).toBeLessThan(500);
    expect(Math.abs(one.filter((i) => other.has(i)).length - 1000)).toBeLessThan(150);
    const quarters = [0, 1, 2, 3].map((quarter) => one.filter((i) => Math.floor(i / 25_000) === quarter).length);
    quarters.forEach((count) => expect(Math.abs(count - 2500)).toBeLessThan(250));
  });

  test('refuses a seed that is no integer', () => {
    expect(() => random({ seed: 0.5 })).toThrow('the seed is 0.5');
  });
});

describe('sampled', () => {
  const gradients = float32(Array.from({ length: 20_000 }, (_, i) => 1 + (i % 7)));
  const weights = gradients.map(() => 0);
  const draw = (share: number, seed = 1) => scores(sampled(gradient(), { share, seed }), weights, gradients, 100);

  test("leaves a share of the metric's scores as they are, and the others are never chosen", () => {
    const kept = draw(0.05).flatMap((score, i) => (score === 0 ? [] : [[i, score]]));
    expect(Math.abs(kept.length - 1000)).toBeLessThan(150);
    kept.forEach(([i, score]) => expect(score).toBe(gradients[i]));
  });

  test('a larger share adds candidates, a share of 1 has all, and other seeds draw others', () => {
    const [few, more, other] = [draw(0.05), draw(0.2), draw(0.05, 2)];
    few.forEach((score, i) => { if (score > 0) expect(more[i]).toBe(score); });
    expect(few.filter((score, i) => score > 0 && other[i] > 0).length).toBeLessThan(100);
    expect(draw(1)).toEqual(gradients);
  });

  test('has no scores on devices, where places are not known', () => {
    expect(sampled(d3(), { share: 0.5, seed: 1 })).not.toHaveProperty('scoreTensor');
  });

  test.each([0, 1.5, NaN])('refuses a share of %p', (share) => {
    expect(() => sampled(d3(), { share, seed: 1 })).toThrow(`a share of ${share} of the entries as candidates: give a number above 0 and at most 1`);
  });
});
