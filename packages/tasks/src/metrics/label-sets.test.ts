import { expect, test } from '@jest/globals';
import { exactSets, macroF1OfSets, microF1 } from './label-sets.js';

const TRUTHS = [[0, 2], [], [0, 1], [2, 3], [1]];
const ANSWERS = [[0], [1], [0, 1], [2], [1, 2]];

test("are scikit-learn's f1_score and the share of sets that are equal", () => {
  expect(microF1(ANSWERS, TRUTHS)).toBeCloseTo(0.7142857, 6);
  expect(macroF1OfSets(ANSWERS, TRUTHS)).toBeCloseTo(0.575, 6);
  expect(exactSets(ANSWERS, TRUTHS)).toBe(0.2);
  expect([microF1([[]], [[]]), macroF1OfSets([[]], [[]])]).toEqual([0, 0]);
});
