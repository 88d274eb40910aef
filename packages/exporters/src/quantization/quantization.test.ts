import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quantize4, quantize8 } from './blocks.js';
import { halfBits, halfValue } from './half.js';

describe('half precision', () => {
  test('every one of the 65,536 numbers comes back', () => {
    for (let bits = 0; bits < 65_536; bits++) if (!Number.isNaN(halfValue(bits))) expect(halfBits(halfValue(bits))).toBe(bits);
  });

  test('rounds to the nearest, of two to the even one', () => {
    expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 65_519, 65_520, 2 ** -25, 3 * 2 ** -25, -1e-9].map((value) => halfValue(halfBits(value)))).toEqual([1, 1 + 2 ** -9, 65_504, Infinity, 0, 2 ** -23, -0]);
    expect(halfValue(halfBits(NaN))).toBeNaN();
  });
});

const block = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 32, maxLength: 32 }).map((values) => Float32Array.from(values));

describe('blocks of 32', () => {
  test('8 bits are off by half a step at most, 4 bits by one', () => {
    fc.assert(
      fc.property(block, (values) => {
        const [eight, four] = [quantize8(values, 0), quantize4(values, 0, 32)];
        values.forEach((value, index) => {
          expect(Math.abs(eight.scale * eight.levels[index] - value)).toBeLessThanOrEqual(0.501 * eight.scale);
          expect(Math.abs(four.scale * (four.levels[index] - 8) - value)).toBeLessThanOrEqual(1.001 * Math.abs(four.scale));
        });
      }),
      { numRuns: 50 },
    );
  });

  test('the entry of the largest magnitude keeps its value in 4 bits', () => {
    const values = new Float32Array(32).fill(0.25).fill(-4, 7, 8);
    const { scale, levels } = quantize4(values, 0, 32);
    expect([scale, levels[7], levels[0]]).toEqual([0.5, 0, 9]);
  });
});
