import { pearson } from './pearson.js';

/** Spearman's rank correlation, −1 … 1: Pearson's of the ranks, equal values sharing their mean rank; 0 where either list is constant. */
export function spearman(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  return pearson(ranks(predictions), ranks(labels));
}

/** Rank of each value, from 0. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, index) => index).sort((a, b) => values[a] - values[b]);
  const result = new Float64Array(values.length);
  for (let start = 0, end; start < order.length; start = end) {
    end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (const index of order.slice(start, end)) result[index] = (start + end - 1) / 2;
  }
  return result;
}
