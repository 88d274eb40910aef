import { expect, test } from '@jest/globals';
import { macroF1 } from './macro-f1.js';

test('the mean of the F1 of classes 0, 1 and 2: 2/3, 1/2 and 0', () => {
  expect(macroF1([0, 0, 1, 1], [0, 1, 1, 2])).toBeCloseTo((2 / 3 + 1 / 2 + 0) / 3, 12);
});

test('classes that nobody has do not count', () => {
  expect(macroF1([5, 5], [5, 5])).toBe(1);
});
