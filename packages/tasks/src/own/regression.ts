import { UnmaskError } from '@unmask/tensor-core';
import { mean as meanValue } from '../metrics/metric.js';
import { pearson } from '../metrics/pearson.js';
import { rSquared } from '../metrics/r-squared.js';
import { spearman } from '../metrics/spearman.js';
import type { Row } from '../row.js';
import type { RegressionTask, Texts } from '../task.js';
import type { Columns, DefinitionOf, EachRow } from './definition.js';
import type { UserTask } from './user-task.js';
import { inputOf, readTexts } from './texts.js';
import { score } from './values.js';

/**
 * Regression of scores of any size.
 * @throws UnmaskError `bad-data` when all training rows have the same score
 */
export function defineRegression(columns: Columns, each: EachRow): DefinitionOf<'regression'> {
  const scores = each((row) => read(columns, row).label);
  const mean = meanValue(scores);
  const deviation = Math.sqrt(meanValue(scores.map((value) => (value - mean) ** 2)));
  if (!(deviation > 0 && Number.isFinite(deviation))) {
    throw new UnmaskError(`the training rows' numbers in field "${columns.label}" have a standard deviation of ${deviation}: give rows with different scores of a moderate size`, { code: 'bad-data' });
  }
  return { ...columns, kind: 'regression', mean, deviation };
}

/** The texts of a row and their score. @throws RowError */
function read({ texts, label }: Columns, row: Row): { texts: Texts; label: number } {
  return { texts: readTexts(texts, row), label: score(row, label) };
}

/** Scores of texts. A model is trained on (score − mean) / deviation, since its answers begin near 0 and move in small steps. */
export function regression(name: string, { texts, label, mean, deviation }: DefinitionOf<'regression'>): UserTask<RegressionTask> {
  return {
    task: { name, kind: 'regression', evaluationSplits: ['validation'], fields: texts, labelRange: [-Infinity, Infinity], metrics: { pearson, spearman, rSquared }, primaryMetric: 'pearson' },
    example: (row) => {
      const given = read({ texts, label }, row);
      return { ...given, label: (given.label - mean) / deviation };
    },
    input: (row) => inputOf(texts, row),
    readable: (answer) => (answer as number) * deviation + mean,
  };
}
