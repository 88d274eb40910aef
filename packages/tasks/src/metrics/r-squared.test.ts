import { expect, test } from '@jest/globals';
import { rSquared } from './r-squared.js';

test.each<[string, number[], number[], number]>([
  ['right answers', [1, 2, 4], [1, 2, 4], 1],
  ['the mean', [2, 2, 2], [1, 2, 3], 0],
  ['half of the variance', [1, 2, 2], [1, 2, 3], 0.5],
  ['worse than the mean', [3, 2, 1], [1, 2, 3], -3],
  ['equal labels', [1, 2], [3, 3], 0],
])('%s', (_, predictions, labels, value) => {
  expect(rSquared(predictions, labels)).toBe(value);
});
