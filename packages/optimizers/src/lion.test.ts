import { describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { lion } from './lion.js';

describe('lion', () => {
  test('by hand: the mean can outvote the gradient', () => {
    const [weights, means] = [Float32Array.of(0, 0, 4), Float32Array.of(0, -1, 0)];
    const rule = lion({ beta1: 0.5, beta2: 0.75, weightDecay: 0.25 });
    rule.apply({ weights, gradients: Float32Array.of(8, 0.5, 0), slots: [means], ages: 1, count: 3 }, 0.5);
    expect(Array.from(weights)).toEqual([-0.5, 0.5, 3.5]);
    expect(Array.from(means)).toEqual([2, -0.625, 0]);
  });

  test('an entry without a gradient so far stays', () => {
    const [weights, means] = [Float32Array.of(3), Float32Array.of(0)];
    lion().apply({ weights, gradients: Float32Array.of(0), slots: [means], ages: 7, count: 1 }, 0.5);
    expect(weights[0]).toBe(3);
  });

  test.each([{ beta1: 1 }, { beta2: -0.1 }, { beta2: NaN }, { weightDecay: Infinity }])('refuses %p', (options) => {
    expect(() => lion(options)).toThrow(UnmaskError);
    expect(() => lion(options)).toThrow(/of lion is/);
  });
});
