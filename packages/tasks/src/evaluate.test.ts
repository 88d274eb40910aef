import { describe, expect, test } from '@jest/globals';
import { evaluate, majorityBaseline, standardErrors } from './evaluate.js';
import { mrpc } from './glue/mrpc.js';
import { rte } from './glue/rte.js';
import { stsb } from './glue/stsb.js';
import { gsm8k } from './math/gsm8k.js';
import { scitldr } from './summarization/scitldr.js';
import { conll2003 } from './tagging/conll2003.js';
import type { GenerationExample, TaggedExample, TextExample } from './task.js';

const examples = (...labels: number[]): TextExample[] => labels.map((label) => ({ texts: ['a', 'b'], label }));
const tagged = (...labels: number[][]): TaggedExample[] => labels.map((label) => ({ words: label.map(() => 'a'), label }));
const texts = (...labels: string[][]): GenerationExample[] => labels.map((label) => ({ prompt: 'a', target: label[0], label }));

describe('evaluate', () => {
  test('gives the metrics of the task', () => {
    expect(evaluate(mrpc, Float32Array.of(1, 1, 0, 0), examples(1, 0, 0, 0))).toEqual({ accuracy: 0.75, f1: 2 / 3 });
    expect(evaluate(stsb, [1, 2, 3], examples(2, 4, 6))).toEqual({ pearson: expect.closeTo(1), spearman: expect.closeTo(1) });
    expect(evaluate(conll2003, [[1, 2, 0], [5, 0]], tagged([1, 2, 0], [5, 6]))).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(evaluate(gsm8k, ['so 1,000.', 'none'], texts(['1000'], ['7']))).toEqual({ accuracy: 0.5 });
    expect(evaluate(scitldr, ['a b'], texts(['c', 'B a!']))).toEqual({ rouge1: 1, rouge2: 0, rougeL: 0.5 });
  });

  test('refuses lists that do not match', () => {
    expect(() => evaluate(rte, [1], examples(1, 0))).toThrow('1 predictions for 2 labels of rte');
    expect(() => evaluate(rte, [], [])).toThrow('0 predictions for 0 labels of rte');
  });

  test('tells where a prediction is not a number', () => {
    expect(() => evaluate(stsb, [1, NaN], examples(1, 2))).toThrow('prediction 1 of stsb is NaN, not a finite number');
  });
});

describe('standardErrors', () => {
  test('has one for each metric, null for a single example', () => {
    expect(standardErrors(rte, [1, 1, 0, 0], examples(1, 1, 1, 1), 1)).toEqual({ accuracy: expect.closeTo(Math.sqrt(1 / 3) / 2) });
    expect(standardErrors(rte, [1], examples(1), 1)).toEqual({ accuracy: null });
  });
});

describe('majorityBaseline', () => {
  test('answers with the most frequent class of the training examples', () => {
    expect(majorityBaseline(rte, examples(1, 1, 0), examples(1, 0, 0, 0))).toEqual({ accuracy: 0.25 });
    expect(majorityBaseline(rte, examples(1, 0), examples(0))).toEqual({ accuracy: 1 });
    expect(majorityBaseline(gsm8k, texts(['3'], ['4'], ['4']), texts(['4'], ['3']))).toEqual({ accuracy: 0.5 });
  });

  test('finds no entities where most words are in none', () => {
    expect(majorityBaseline(conll2003, tagged([0, 0, 1], [0]), tagged([1, 2, 0]))).toEqual({ precision: 0, recall: 0, f1: 0 });
  });

  test('a constant score correlates with nothing', () => {
    expect(majorityBaseline(stsb, examples(0.1, 0.2, 0.3), examples(1, 2, 3))).toEqual({ pearson: 0, spearman: 0 });
  });
});
