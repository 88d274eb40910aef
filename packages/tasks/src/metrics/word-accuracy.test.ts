import { expect, test } from '@jest/globals';
import { wordAccuracy } from './word-accuracy.js';

test('counts words, not sentences', () => {
  expect(wordAccuracy([[1], [0, 2, 2]], [[1], [0, 1, 2]])).toBe(3 / 4);
});
