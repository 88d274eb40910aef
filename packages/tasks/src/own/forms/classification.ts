import { UnmaskError } from '@unmask/tensor-core';
import { accuracy } from '../../metrics/accuracy.js';
import { macroF1 } from '../../metrics/macro-f1.js';
import type { Row } from '../../row.js';
import type { ClassificationTask, Texts } from '../../task.js';
import { type Columns, type Form, labelOf, oneOrTwo } from './form.js';
import { idsOf, readLabels, sortedNames } from './labels.js';
import { inputOf, readTexts } from './texts.js';
import type { UserTask } from './user-task.js';
import { className } from './values.js';

/** Classes of texts. */
export interface ClassificationDefinition extends Columns {
  readonly kind: 'classification';
  readonly texts: readonly [string] | readonly [string, string];
  readonly label: string;
  /** Classes by id. */
  readonly labels: readonly string[];
}

/** Texts with one of the classes that the training rows name. */
export const classification: Form<ClassificationDefinition> = {
  kind: 'classification',
  word: 'classification',
  define(columns, each) {
    const known = columnsIn(columns);
    const labels = sortedNames(each((row) => read(known, row).name));
    if (labels.length < 2) throw new UnmaskError(`every training row has "${labels[0]}" in field "${known.label}": give rows of two classes at least`, { code: 'bad-data' });
    return { ...known, kind: 'classification', labels };
  },
  parse: (columns, fields) => ({ ...columnsIn(columns), kind: 'classification', labels: readLabels(fields) }),
  task: (name, { texts, label, labels }): UserTask<ClassificationTask> => {
    const names = [...labels];
    const idOf = idsOf(names);
    return {
      task: { name, kind: 'classification', evaluationSplits: ['validation'], fields: texts, labels, metrics: { accuracy, macroF1 }, primaryMetric: 'accuracy' },
      names,
      inputs: texts,
      example: (row) => {
        const { texts: given, name } = read({ texts, label }, row);
        return { texts: given, label: idOf(name) };
      },
      input: (row) => inputOf(texts, row),
      readable: (answer) => labels[answer as number],
    };
  },
};

type TextColumns = Pick<ClassificationDefinition, 'texts' | 'label'>;

const columnsIn = (columns: Columns): TextColumns => ({ texts: oneOrTwo(columns, 'a class'), label: labelOf(columns, 'classes') });

/** The texts of a row and the name of their class. @throws RowError */
function read({ texts, label }: TextColumns, row: Row): { texts: Texts; name: string } {
  return { texts: readTexts(texts, row), name: className(row, label) };
}
