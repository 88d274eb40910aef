import { confusion } from './confusion.js';

/** Matthews correlation of two classes, −1 … 1 (Matthews, 1975); 0 where either list holds one class only. */
export function matthews(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion(predictions, labels);
  const denominator = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
  return denominator === 0 ? 0 : (tp * tn - fp * fn) / denominator;
}
