import { UnmaskError } from '@unmask/tensor-core';
import { exactSets, macroF1OfSets, microF1 } from '../../metrics/label-sets.js';
import { itemsOf, type Row } from '../../row.js';
import type { MultilabelTask, Texts } from '../../task.js';
import { type Columns, type Form, isNumbers, labelOf, oneOrTwo } from './form.js';
import { idsOf, readLabels, sortedNames } from './labels.js';
import { inputOf, readTexts } from './texts.js';
import type { UserTask } from './user-task.js';
import { classNames, isEmpty } from './values.js';

/** Several labels a text, or none. */
export interface MultilabelDefinition extends Columns {
  readonly kind: 'multilabel';
  readonly texts: readonly [string] | readonly [string, string];
  readonly label: string;
  /** Labels by id. */
  readonly labels: readonly string[];
  /** What stands between the labels of a text; lists need none. */
  readonly separator: string;
  /** From which probability a text is held to have a label, by id. */
  readonly thresholds: readonly number[];
}

/** From which probability a label is given, where nobody says. */
const THRESHOLD = 0.5;

/** Texts with any number of labels: a list of them, or one text with a separator. */
export const multilabel: Form<MultilabelDefinition> = {
  kind: 'multilabel',
  word: 'multilabel',
  define(columns, each, { separator = ',', threshold = THRESHOLD }) {
    const known = { ...columnsIn(columns), separator };
    const labels = sortedNames(each((row) => read(known, row).names).flat());
    if (labels.length < 2) throw new UnmaskError(`the training rows have ${labels.length} different labels in field "${known.label}": give rows of two labels at least, lists or texts with "${separator}" between them (--separator)`, { code: 'bad-data' });
    const own = typeof threshold === 'number' ? {} : threshold;
    const unknown = Object.keys(own).find((name) => !labels.includes(name));
    if (unknown !== undefined) throw new UnmaskError(`there is a threshold of "${unknown}", a label that no training row has: they have ${labels.slice(0, 20).join(', ')}`);
    return { ...known, kind: 'multilabel', labels, thresholds: labels.map((name) => (typeof threshold === 'number' ? threshold : (own[name] ?? THRESHOLD))) };
  },
  parse: (columns, fields) => {
    const labels = readLabels(fields);
    return {
      ...columnsIn(columns),
      kind: 'multilabel',
      labels,
      separator: fields.read('separator', isSeparator, 'a text'),
      thresholds: fields.read('thresholds', (value): value is number[] => isNumbers(value) && value.length === labels.length, `${labels.length} numbers`),
    };
  },
  task: (name, definition): UserTask<MultilabelTask> => {
    const { texts, labels, thresholds } = definition;
    const names = [...labels];
    const idOf = idsOf(names);
    return {
      task: { name, kind: 'multilabel', evaluationSplits: ['validation'], fields: texts, labels, thresholds, metrics: { microF1, macroF1: macroF1OfSets, exactMatch: exactSets }, primaryMetric: 'microF1' },
      names,
      inputs: texts,
      example: (row) => {
        const given = read(definition, row);
        return { texts: given.texts, label: given.names.map(idOf) };
      },
      input: (row) => {
        const input = inputOf(texts, row);
        return input && { texts: input.texts, label: [] };
      },
      readable: (answer) => Array.from(answer as ArrayLike<number>, (id) => labels[id]),
    };
  },
};

type SetColumns = Pick<MultilabelDefinition, 'texts' | 'label' | 'separator'>;

const columnsIn = (columns: Columns) => ({ texts: oneOrTwo(columns, 'a set of labels'), label: labelOf(columns, 'labels') });
const isSeparator = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The texts of a row and the names of their labels, each once. @throws RowError */
function read({ texts, label, separator }: SetColumns, row: Row): { texts: Texts; names: string[] } {
  const names = isEmpty(row, label) && !itemsOf(row, label) ? [] : classNames(row, label, separator);
  return { texts: readTexts(texts, row), names: [...new Set(names)] };
}
