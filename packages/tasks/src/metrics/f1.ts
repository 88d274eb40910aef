import { confusion } from './confusion.js';

/** Harmonic mean of precision and recall of class 1, 0 … 1: 2·TP / (2·TP + FP + FN); 0 where class 1 is in neither list. */
export function f1(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { truePositives, falsePositives, falseNegatives } = confusion(predictions, labels);
  const denominator = 2 * truePositives + falsePositives + falseNegatives;
  return denominator === 0 ? 0 : (2 * truePositives) / denominator;
}
