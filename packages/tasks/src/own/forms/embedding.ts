import { UnmaskError } from '@unmask/tensor-core';
import { accuracy } from '../../metrics/accuracy.js';
import { meanOf, type Metric } from '../../metrics/metric.js';
import { pearson } from '../../metrics/pearson.js';
import { ofItem, recallAt, retrievalMetrics } from '../../metrics/ranks.js';
import { spearman } from '../../metrics/spearman.js';
import type { Row } from '../../row.js';
import type { EmbeddingExample, EmbeddingLoss, EmbeddingShape, EmbeddingTask } from '../../task.js';
import { type Columns, type EachRow, type Form, isNumbers, labelOf, lossAmong } from './form.js';
import { idsOf, sortedNames } from './labels.js';
import type { UserTask } from './user-task.js';
import { className, filledText, isEmpty, score } from './values.js';

/** Texts that are to have vectors near each other, or far apart. */
export interface EmbeddingDefinition extends Columns {
  readonly kind: 'embedding';
  readonly shape: EmbeddingShape;
  readonly loss: EmbeddingLoss;
  /** Sizes of vectors that are to be good when they are cut off there, too; null for whole ones alone. */
  readonly matryoshka: readonly number[] | null;
  /** Of scored pairs: scores from `lowest` to `highest` are trained on as 0 to 1. */
  readonly lowest?: number;
  readonly highest?: number;
  /** Of labelled texts: classes by id. */
  readonly labels?: readonly string[];
}

/** Pairs, triplets, scored pairs, and texts with a class: by how many columns there are, and whether one is a label. */
export const embedding: Form<EmbeddingDefinition> = {
  kind: 'embedding',
  word: 'embedding',
  recognise: (row) => {
    if (!row.has('anchor') || !row.has('positive')) return undefined;
    const texts = ['anchor', 'positive', ...(row.has('negative') ? ['negative'] : [])];
    return { because: `its rows have ${texts.map((field) => `"${field}"`).join(', ')}`, columns: { texts, label: null } };
  },
  define(columns, each, { loss, matryoshka = null }) {
    const { texts, label } = columns;
    const shape = shapeOf(columns);
    const known = { kind: 'embedding', texts, label, shape, loss: lossAmong(LOSSES[shape], loss, `${shape} texts`), matryoshka } as const;
    if (shape === 'scored') return { ...known, ...rangeOf(columns, each) };
    if (shape !== 'labelled') return known;
    const labels = sortedNames(each((row) => className(row, label!)));
    if (labels.length < 2) throw new UnmaskError(`every training row has "${labels[0]}" in field "${label}": give rows of two classes at least`, { code: 'bad-data' });
    return { ...known, labels };
  },
  parse: (columns, fields) => {
    const shape = shapeOf(columns);
    const range = () => ({ lowest: fields.read('lowest', isNumber, 'a number'), highest: fields.read('highest', isNumber, 'a number') });
    const labels = () => ({ labels: fields.read('labels', isNames, 'names of classes') });
    return {
      ...columns,
      kind: 'embedding',
      shape,
      loss: fields.read('loss', (value): value is EmbeddingLoss => LOSSES[shape].includes(value as EmbeddingLoss), `one of ${LOSSES[shape].join(', ')}`),
      matryoshka: fields.read('matryoshka', (value): value is readonly number[] | null => value === null || isNumbers(value), 'a list of sizes, or null'),
      ...(shape === 'scored' ? range() : {}), ...(shape === 'labelled' ? labels() : {}),
    };
  },
  task: (name, definition): UserTask<EmbeddingTask> => {
    const { texts, label, shape, loss, matryoshka, lowest = 0, highest = 1 } = definition;
    const names = [...(definition.labels ?? [])];
    const idOf = idsOf(names);
    const truthOf = (row: Row): number => {
      if (shape === 'scored') return (score(row, label!) - lowest) / (highest - lowest);
      return shape === 'labelled' ? idOf(className(row, label!)) : 0;
    };
    return {
      task: { name, kind: 'embedding', evaluationSplits: ['validation'], shape, loss, matryoshka, ...MEASURES[shape], baseline: 'untrained' },
      names: definition.labels ? names : undefined,
      inputs: texts.slice(0, 1),
      example: (row): EmbeddingExample => ({ texts: texts.map((column) => filledText(row, column)), label: truthOf(row) }),
      input: (row) => (isEmpty(row, texts[0]) ? undefined : { texts: [filledText(row, texts[0])], label: 0 }),
      readable: (answer) => Array.from(answer as ArrayLike<number>),
    };
  },
};

/** The losses that each shape can be learned by, that which is taken where nobody says first. */
const LOSSES: Readonly<Record<EmbeddingShape, readonly EmbeddingLoss[]>> = { pairs: ['ranking'], triplets: ['ranking', 'triplet'], scored: ['cosine'], labelled: ['ranking'] };

/** What vectors are measured by: the cosine of a pair; the rank of the right text; whether the right one is the nearer; the nearest class and the rank of the first text of the same. */
const MEASURES: Readonly<Record<EmbeddingShape, { readonly metrics: Readonly<Record<string, Metric<never, never>>>; readonly primaryMetric: string }>> = {
  scored: { metrics: { spearman, pearson }, primaryMetric: 'spearman' },
  pairs: { metrics: retrievalMetrics, primaryMetric: 'mrr@10' },
  triplets: { metrics: { accuracy: meanOf<number, unknown>((margin) => Number(margin > 0)) }, primaryMetric: 'accuracy' },
  labelled: {
    metrics: { nearestClass: ofItem(0, accuracy), 'recall@1': ofItem(1, recallAt(1)), 'recall@10': ofItem(1, recallAt(10)) },
    primaryMetric: 'nearestClass',
  },
};

/** @throws UnmaskError for a number of columns that no shape has */
function shapeOf(columns: Columns): EmbeddingShape {
  const { texts, label } = columns;
  if (texts.length === 1) {
    labelOf(columns, 'classes');
    return 'labelled';
  }
  if (texts.length === 2) return label === null ? 'pairs' : 'scored';
  if (texts.length === 3 && label === null) return 'triplets';
  throw new UnmaskError(`embeddings are learned from pairs (--text question,answer), triplets (--text anchor,positive,negative), scored pairs (--text sentence1,sentence2 --label score) or texts with a class (--text text --label class), and --text names ${texts.length} columns${label === null ? '' : ' beside a label'}`);
}

/** The range of the scores; of cosines, which are within −1 and 1 already, that of those. @throws UnmaskError when all are alike */
function rangeOf({ label }: Columns, each: EachRow): { lowest: number; highest: number } {
  const scores = each((row) => score(row, label!));
  const [lowest, highest] = scores.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  if (lowest === highest) throw new UnmaskError(`every training row has ${lowest} in field "${label}": give rows with different scores`, { code: 'bad-data' });
  return lowest >= -1 && highest <= 1 ? { lowest: 0, highest: 1 } : { lowest, highest };
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.length >= 2 && value.every((item) => typeof item === 'string');
