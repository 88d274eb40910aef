import { expect, test } from '@jest/globals';
import { ofItem, recallAt, retrievalMetrics } from './ranks.js';

const RANKS = [1, 2, 3, 7, 12, 1];

// sentence-transformers' InformationRetrievalEvaluator, of one right text a query
test.each([['mrr@10', 0.4960317], ['ndcg@10', 0.5773772], ['recall@1', 0.3333333], ['recall@5', 0.6666667], ['recall@10', 0.8333333]])('%s', (name, value) => {
  expect(retrievalMetrics[name](RANKS, RANKS)).toBeCloseTo(value, 6);
  expect(RANKS.reduce((sum, rank) => sum + retrievalMetrics[name].score!(rank, 0) / RANKS.length, 0)).toBeCloseTo(value, 6);
});

test('a metric of one of several numbers', () => {
  const recall = ofItem(1, recallAt(2));
  expect(recall([[9, 1], [9, 3]], [0, 0])).toBe(0.5);
  expect(recall.score?.([9, 1], 0)).toBe(1);
});
