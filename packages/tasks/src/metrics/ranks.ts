import { type Metric, meanOf } from './metric.js';

/** Mean of 1/rank of the right text among all, the first of which has rank 1 (mean reciprocal rank). */
export const reciprocalRank = (most: number) => meanOf<number, unknown>((rank) => (rank <= most ? 1 / rank : 0));

/** Normalised discounted cumulative gain among the first k, of one right text: 1/log₂(rank + 1). */
export const discountedGain = (k: number) => meanOf<number, unknown>((rank) => (rank <= k ? 1 / Math.log2(rank + 1) : 0));

/** Share of examples whose right text is among the first k. */
export const recallAt = (k: number) => meanOf<number, unknown>((rank) => Number(rank <= k));

/** What retrieval is measured by: functions of the rank of the right text. */
export const retrievalMetrics: Readonly<Record<string, Metric<number, unknown>>> = {
  'mrr@10': reciprocalRank(10),
  'ndcg@10': discountedGain(10),
  'recall@1': recallAt(1),
  'recall@5': recallAt(5),
  'recall@10': recallAt(10),
};

/** A metric of one of the numbers that an answer is. */
export const ofItem = <Truth>(index: number, metric: Metric<number, Truth>): Metric<readonly number[], Truth> => {
  const { score } = metric;
  const measure = (answers: ArrayLike<readonly number[]>, truths: ArrayLike<Truth>) => metric(Array.from(answers, (answer) => answer[index]), truths);
  return score ? Object.assign(measure, { score: (answer: readonly number[], truth: Truth) => score(answer[index], truth) }) : measure;
};
