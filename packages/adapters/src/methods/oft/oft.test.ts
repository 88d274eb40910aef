import { beforeAll, expect, test } from '@jest/globals';
import { selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseOftConfig } from './config.js';
import { nearestDivisor, OftLinear } from './oft.js';

beforeAll(() => selectBackend('cpu'));

test('turns blocks of inputs', () => {
  const layer = linearOf([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], [0, 0, 0, 1]);
  const adapter = new OftLinear(layer, parseOftConfig(new ConfigFields({ oft_block_size: 2, use_cayley_neumann: false })), undefined);
  expect(outputsOf(adapter, layer, [1, 2, 3, 4])[0]).toEqual([1, 2, 3, 5]);
  set(adapter.oft_R.weight, 1, 0); // S = [[0, 1], [−1, 0]] gives R = (I − S)·(I + S)⁻¹ = [[0, −1], [1, 0]], a quarter turn
  expect(outputsOf(adapter, layer, [1, 2, 3, 4])).toEqual([[2, -1, 3, 5], [2, -1, 3, 5]]);
});

test('a series comes close to the exact rotation, and a constraint holds it back', () => {
  const turned = (fields: Record<string, unknown>, angle: number) => {
    const layer = linearOf([[1, 0], [0, 1]]);
    const adapter = new OftLinear(layer, parseOftConfig(new ConfigFields({ oft_block_size: 2, ...fields })), undefined);
    set(adapter.oft_R.weight, angle);
    return outputsOf(adapter, layer, [1, 0])[0];
  };
  const exact = turned({ use_cayley_neumann: false }, 0.1);
  const series = turned({ num_cayley_neumann_terms: 9 }, -0.1); // of the inverse, as in PEFT
  series.forEach((value, index) => expect(value).toBeCloseTo(exact[index], 3));
  expect(turned({ use_cayley_neumann: false, coft: true, eps: Math.SQRT2 * 0.1 }, 5)).toEqual(exact); // ‖S‖ = √2·|angle|
});

test.each([[12, 5, 4], [12, 12, 12], [12, 40, 12], [14, 5, 7], [14, 4, 2]])('the divisor of %d closest to %d is %d', (size, wanted, divisor) => {
  expect(nearestDivisor(size, wanted)).toBe(divisor);
});

test('says which of two fields to leave out', () => {
  expect(() => parseOftConfig(new ConfigFields({ r: 2 }))).toThrow('r is 2 and oft_block_size 32: one of them has to be 0');
});
