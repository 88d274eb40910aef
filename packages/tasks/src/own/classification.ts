import { UnmaskError } from '@unmask/tensor-core';
import { accuracy } from '../metrics/accuracy.js';
import { macroF1 } from '../metrics/macro-f1.js';
import type { Row } from '../row.js';
import type { ClassificationTask, Texts } from '../task.js';
import type { Columns, DefinitionOf, EachRow } from './definition.js';
import { idsOf, sortedNames } from './labels.js';
import type { UserTask } from './user-task.js';
import { className, filledText } from './values.js';

/**
 * Classification into the classes that the training rows name.
 * @throws UnmaskError `bad-data` when they name only one
 */
export function defineClassification(columns: Columns, each: EachRow): DefinitionOf<'classification'> {
  const labels = sortedNames(each((row) => className(row, columns.label)));
  if (labels.length < 2) throw new UnmaskError(`every training row has "${labels[0]}" in field "${columns.label}": give rows of two classes at least`, { code: 'bad-data' });
  return { ...columns, kind: 'classification', labels };
}

/** Classes of texts. */
export function classification(name: string, { texts, label, labels }: DefinitionOf<'classification'>): UserTask<ClassificationTask> {
  const idOf = idsOf(labels, label);
  const read = (row: Row) => texts.map((column) => filledText(row, column)) as unknown as Texts; // as many texts as columns
  return {
    task: { name, kind: 'classification', evaluationSplits: ['validation'], fields: texts, labels, metrics: { accuracy, macroF1 }, primaryMetric: 'accuracy' },
    example: (row) => ({ texts: read(row), label: idOf(className(row, label)) }),
    input: (row) => ({ texts: read(row), label: 0 }),
    readable: (answer) => labels[answer as number],
  };
}
