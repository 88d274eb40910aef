import { mean } from './metric.js';

/**
 * Coefficient of determination R², at most 1: the share of the labels' variance that the predictions explain, below 0 where
 * the mean would predict better; 0 where all labels are equal.
 */
export function rSquared(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  const center = mean(labels);
  let [left, all] = [0, 0];
  for (let index = 0; index < labels.length; index++) {
    left += (labels[index] - predictions[index]) ** 2;
    all += (labels[index] - center) ** 2;
  }
  return all === 0 ? 0 : 1 - left / all;
}
