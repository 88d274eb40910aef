import { UnmaskError } from '@unmask/tensor-core';
import { accuracy } from '../metrics/accuracy.js';
import { macroF1 } from '../metrics/macro-f1.js';
import type { Row } from '../row.js';
import type { ClassificationTask, Texts } from '../task.js';
import type { Columns, DefinitionOf, EachRow } from './definition.js';
import { idsOf, sortedNames } from './labels.js';
import type { UserTask } from './user-task.js';
import { inputOf, readTexts } from './texts.js';
import { className } from './values.js';

/**
 * Classification into the classes that the training rows name.
 * @throws UnmaskError `bad-data` when they name only one
 */
export function defineClassification(columns: Columns, each: EachRow): DefinitionOf<'classification'> {
  const labels = sortedNames(each((row) => read(columns, row).name));
  if (labels.length < 2) throw new UnmaskError(`every training row has "${labels[0]}" in field "${columns.label}": give rows of two classes at least`, { code: 'bad-data' });
  return { ...columns, kind: 'classification', labels };
}

/** The texts of a row and the name of their class. @throws RowError */
function read({ texts, label }: Columns, row: Row): { texts: Texts; name: string } {
  return { texts: readTexts(texts, row), name: className(row, label) };
}

/** Classes of texts. */
export function classification(name: string, { texts, label, labels }: DefinitionOf<'classification'>): UserTask<ClassificationTask> {
  const names = [...labels];
  const idOf = idsOf(names);
  return {
    task: { name, kind: 'classification', evaluationSplits: ['validation'], fields: texts, labels, metrics: { accuracy, macroF1 }, primaryMetric: 'accuracy' },
    names,
    example: (row) => {
      const { texts: given, name } = read({ texts, label }, row);
      return { texts: given, label: idOf(name) };
    },
    input: (row) => inputOf(texts, row),
    readable: (answer) => labels[answer as number],
  };
}
