import { describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { sgd } from './sgd.js';

describe('sgd', () => {
  test('without momentum keeps no state', () => {
    const rule = sgd({ weightDecay: 0.5 });
    const weights = Float32Array.of(2, -4);
    rule.apply({ weights, gradients: Float32Array.of(1, 0), slots: [], ages: 1, count: 2 }, 0.5);
    expect(rule.slots).toBe(0);
    expect(Array.from(weights)).toEqual([1, -3]);
  });

  test('momentum by hand', () => {
    const [weights, sums] = [Float32Array.of(0), Float32Array.of(0)];
    const rule = sgd({ momentum: 0.5 });
    for (const gradient of [4, 2]) rule.apply({ weights, gradients: Float32Array.of(gradient), slots: [sums], ages: 1, count: 1 }, 1);
    expect([weights[0], sums[0]]).toEqual([-8, 4]);
  });

  test("an entry's first sum is its gradient, also when all entries are given one age and it comes late", () => {
    const [weights, sums] = [Float32Array.of(0), Float32Array.of(0)];
    sgd({ momentum: 0.5, nesterov: true }).apply({ weights, gradients: Float32Array.of(4), slots: [sums], ages: 1000, count: 1 }, 1);
    expect([weights[0], sums[0]]).toEqual([-6, 4]);
  });

  test.each([{ momentum: 1 }, { momentum: -0.1 }, { momentum: NaN }, { weightDecay: -1 }, { nesterov: true }])('refuses %p', (options) => {
    expect(() => sgd(options)).toThrow(UnmaskError);
    expect(() => sgd(options)).toThrow(/of sgd is/);
  });
});
