import { describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { adamw } from './adamw.js';

const slotsFor = (count: number) => [new Float32Array(count), new Float32Array(count)];

describe('adamw', () => {
  test("an entry's first update is the learning rate, whatever the others' ages", () => {
    const weights = Float32Array.of(0, 0);
    adamw({ weightDecay: 0 }).apply({ weights, gradients: Float32Array.of(5, 5), slots: slotsFor(2), ages: Int32Array.of(1, 1000), count: 2 }, 0.5);
    expect(weights[0]).toBeCloseTo(-0.5, 6);
    expect(weights[1]).toBeLessThan(-1);
  });

  test.each([{ beta1: 1 }, { beta2: -0.1 }, { epsilon: NaN }, { weightDecay: -1 }])('refuses %p', (options) => {
    expect(() => adamw(options)).toThrow(UnmaskError);
    expect(() => adamw(options)).toThrow(/adamw is/);
  });
});
