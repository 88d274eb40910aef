import { expect, test } from '@jest/globals';
import { effectiveSize } from './index.js';

test('counts equal entries, and few where few outweigh the others', () => {
  expect(effectiveSize(Float32Array.of(2, -2, 2, 2))).toBeCloseTo(4, 10);
  expect(effectiveSize(Float32Array.of(0, 7, 0))).toBeCloseTo(1, 10);
  expect(effectiveSize(Float32Array.of(0.5, 0.25, -0.25))).toBeCloseTo(2 ** 1.5, 10); // H = 1.5 bits
  expect(effectiveSize(new Float32Array(3))).toBe(0);
});
