import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { entitiesOf, entityMetrics, type Metric, metrics, rouge1, rouge2, rougeL, standardError } from './index.js';

interface Golden<Answer, Truth = Answer> {
  name: string;
  predictions: Answer[];
  labels: Truth[];
  metrics: Record<string, number>;
  errors?: Record<string, number>;
}

// written by tools/reference/metrics.py
const goldens = JSON.parse(readFileSync(new URL('../../fixtures/metrics.json', import.meta.url), 'utf8')) as {
  numbers: Golden<number>[];
  entities: (Golden<string[]> & { entities: [type: string, start: number, end: number][][] })[];
  rouge: Golden<string, string[]>[];
};

const tags = ['O', 'B-PER', 'I-PER', 'B-ORG', 'I-ORG', 'B-LOC', 'I-LOC'];
const ids = (sentences: string[][]) => sentences.map((sentence) => sentence.map((tag) => tags.indexOf(tag)));

/** Each metric of a golden file must be the same here, standard errors by bootstrap up to what two bootstraps differ by. */
function checkGolden<Answer, Truth>(name: string, known: Record<string, Metric<Answer, Truth>>, golden: Golden<Answer, Truth>): void {
  const { predictions, labels, metrics: expected, errors = {} } = golden;
  describe(`${name}: ${golden.name}`, () => {
    for (const [metric, value] of Object.entries(expected)) {
      test(`${metric} is the same`, () => {
        expect(Math.abs(known[metric](predictions, labels) - value)).toBeLessThan(1e-9);
      });
    }
    for (const [metric, value] of Object.entries(errors)) {
      test(`the standard error of ${metric} is the same`, () => {
        const tolerance = known[metric].score ? 1e-9 : 0.1 * value;
        expect(Math.abs(standardError(known[metric], predictions, labels, 1)! - value)).toBeLessThan(tolerance);
      });
    }
  });
}

for (const golden of goldens.numbers) checkGolden('scikit-learn and SciPy', metrics, golden);
for (const golden of goldens.entities) checkGolden('seqeval', { ...entityMetrics(tags) }, { ...golden, predictions: ids(golden.predictions), labels: ids(golden.labels) });
for (const golden of goldens.rouge) checkGolden('rouge-score', { rouge1, rouge2, rougeL }, golden);

test('the goldens cover every metric of numbers', () => {
  expect(new Set(goldens.numbers.flatMap((golden) => Object.keys(golden.metrics)))).toEqual(new Set(Object.keys(metrics)));
});

test.each(goldens.entities)('entities are those of seqeval: $name', ({ labels, entities }) => {
  expect(labels.map((sentence) => entitiesOf(sentence).map(({ type, start, end }) => [type, start, end]))).toEqual(entities);
});

test('f1 and matthews count an id other than 1 as negative', () => {
  expect(metrics.f1([-1, 1], [1, 1])).toBeCloseTo(2 / 3);
  expect(metrics.matthews([-1, 1, 0], [0, 1, 0])).toBe(1);
});

test('a bootstrap depends on its seed alone', () => {
  const [predictions, labels] = [[1, 0, 1, 1, 0, 1], [1, 0, 0, 1, 1, 1]];
  expect(standardError(metrics.f1, predictions, labels, 1)).toBe(standardError(metrics.f1, predictions, labels, 1));
  expect(standardError(metrics.f1, predictions, labels, 2)).not.toBe(standardError(metrics.f1, predictions, labels, 1));
});
