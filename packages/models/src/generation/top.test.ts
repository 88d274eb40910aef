import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { topIndices } from './top.js';

test('the largest values by their indices, of equal ones the first', () => {
  expect(topIndices(Float32Array.of(1, 5, 3, 5, -Infinity), 3)).toEqual([1, 3, 2]);
  expect(topIndices(Float32Array.of(2, 2, 2), 2)).toEqual([0, 1]);
  expect(topIndices(Float32Array.of(1), 3)).toEqual([0]);
});

test('as a stable sort gives them', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (values, count) => {
      const sorted = Array.from(values.keys()).sort((a, b) => (values[a] === values[b] ? 0 : values[b] - values[a]));
      expect(topIndices(values, count)).toEqual(sorted.slice(0, count));
    }),
  );
});
