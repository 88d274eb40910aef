import { type Metric, ratioOf } from './metric.js';

/** Share of the words of all sentences that have the right class, 0 … 1. */
export const wordAccuracy: Metric<ArrayLike<number>> = ratioOf((answer, truth) => [Array.from(truth).filter((id, word) => answer[word] === id).length, truth.length]);
