import { describe, expect, test } from '@jest/globals';
import { evaluate, majorityBaseline } from './evaluate.js';
import { getTask } from './registry.js';
import type { Example } from './task.js';

const examples = (...labels: number[]): Example[] => labels.map((label) => ({ texts: ['a', 'b'], label }));

describe('evaluate', () => {
  test('gives the metrics of the task', () => {
    expect(evaluate(getTask('mrpc'), Float32Array.of(1, 1, 0, 0), [1, 0, 0, 0])).toEqual({ accuracy: 0.75, f1: 2 / 3 });
    expect(evaluate(getTask('stsb'), [1, 2, 3], [2, 4, 6])).toEqual({ pearson: expect.closeTo(1), spearman: expect.closeTo(1) });
  });

  test('refuses lists that do not match', () => {
    expect(() => evaluate(getTask('rte'), [1], [1, 0])).toThrow('1 predictions for 2 labels of rte');
    expect(() => evaluate(getTask('rte'), [], [])).toThrow('0 predictions for 0 labels of rte');
  });

  test('tells where a prediction is not a number', () => {
    expect(() => evaluate(getTask('stsb'), [1, NaN], [1, 2])).toThrow('prediction 1 of stsb is NaN, not a finite number');
  });
});

describe('majorityBaseline', () => {
  test('answers with the most frequent class of the training examples', () => {
    expect(majorityBaseline(getTask('rte'), examples(1, 1, 0), examples(1, 0, 0, 0))).toEqual({ accuracy: 0.25 });
    expect(majorityBaseline(getTask('rte'), examples(1, 0), examples(0))).toEqual({ accuracy: 1 });
  });

  test('a constant score correlates with nothing', () => {
    expect(majorityBaseline(getTask('stsb'), examples(0.1, 0.2, 0.3), examples(1, 2, 3))).toEqual({ pearson: 0, spearman: 0 });
  });
});
