import { UnmaskError } from '@unmask/tensor-core';
import { mean as meanValue } from '../../metrics/metric.js';
import { pearson } from '../../metrics/pearson.js';
import { rSquared } from '../../metrics/r-squared.js';
import { spearman } from '../../metrics/spearman.js';
import type { Row } from '../../row.js';
import type { RegressionTask, Texts } from '../../task.js';
import { type Columns, type Form, labelOf, oneOrTwo } from './form.js';
import { inputOf, readTexts } from './texts.js';
import type { UserTask } from './user-task.js';
import { score } from './values.js';

/** Scores of texts. */
export interface RegressionDefinition extends Columns {
  readonly kind: 'regression';
  readonly texts: readonly [string] | readonly [string, string];
  readonly label: string;
  /** Of the training rows: a model is trained on (score − mean) / deviation, since its answers begin near 0 and move in small steps. */
  readonly mean: number;
  readonly deviation: number;
}

/** Texts with a score of any size. */
export const regression: Form<RegressionDefinition> = {
  kind: 'regression',
  word: 'regression',
  define(columns, each) {
    const known = columnsIn(columns);
    const scores = each((row) => read(known, row).label);
    const mean = meanValue(scores);
    const deviation = Math.sqrt(meanValue(scores.map((value) => (value - mean) ** 2)));
    if (!(deviation > 0 && Number.isFinite(deviation))) {
      throw new UnmaskError(`the training rows' numbers in field "${known.label}" have a standard deviation of ${deviation}: give rows with different scores of a moderate size`, { code: 'bad-data' });
    }
    return { ...known, kind: 'regression', mean, deviation };
  },
  parse: (columns, fields) => ({
    ...columnsIn(columns),
    kind: 'regression',
    mean: fields.read('mean', isFinite, 'a number'),
    deviation: fields.read('deviation', isAboveZero, 'a number above 0'),
  }),
  task: (name, { texts, label, mean, deviation }): UserTask<RegressionTask> => ({
    task: { name, kind: 'regression', evaluationSplits: ['validation'], fields: texts, labelRange: [-Infinity, Infinity], metrics: { pearson, spearman, rSquared }, primaryMetric: 'pearson' },
    inputs: texts,
    example: (row) => {
      const given = read({ texts, label }, row);
      return { ...given, label: (given.label - mean) / deviation };
    },
    input: (row) => inputOf(texts, row),
    readable: (answer) => (answer as number) * deviation + mean,
  }),
};

type TextColumns = Pick<RegressionDefinition, 'texts' | 'label'>;

const columnsIn = (columns: Columns): TextColumns => ({ texts: oneOrTwo(columns, 'a score'), label: labelOf(columns, 'scores') });
const isFinite = (value: unknown): value is number => Number.isFinite(value);
const isAboveZero = (value: unknown): value is number => isFinite(value) && value > 0;

/** The texts of a row and their score. @throws RowError */
function read({ texts, label }: TextColumns, row: Row): { texts: Texts; label: number } {
  return { texts: readTexts(texts, row), label: score(row, label) };
}
