import { UnmaskError } from '@unmask/tensor-core';
import { entityMetrics } from '../../metrics/entity-metrics.js';
import { wordAccuracy } from '../../metrics/word-accuracy.js';
import { type Row, RowError } from '../../row.js';
import type { TokenClassificationTask } from '../../task.js';
import { type Columns, type Form, labelOf } from './form.js';
import { idsOf, readLabels, sortedNames } from './labels.js';
import type { UserTask } from './user-task.js';
import { isEmpty, tags, words } from './values.js';

/** Tags of words. */
export interface TaggingDefinition extends Columns {
  readonly kind: 'token-classification';
  readonly texts: readonly [string];
  readonly label: string;
  /** Tags by id; `O` is the first where there is one. */
  readonly labels: readonly string[];
}

/** Sentences with a tag for each word. Where all tags are B-TYPE, I-TYPE and O, whole entities are measured, else words. */
export const tagging: Form<TaggingDefinition> = {
  kind: 'token-classification',
  word: 'tags',
  define(columns, each) {
    const known = columnsIn(columns);
    const labels = sortedNames(each((row) => read(known, row).tags).flat());
    if (labels.length < 2) throw new UnmaskError(`every word of the training rows has the tag "${labels[0]}" in field "${known.label}": give rows of two tags at least`, { code: 'bad-data' });
    return { ...known, kind: 'token-classification', labels };
  },
  parse: (columns, fields) => ({ ...columnsIn(columns), kind: 'token-classification', labels: readLabels(fields) }),
  task: (name, { texts: [text], label, labels }): UserTask<TokenClassificationTask> => {
    const names = [...labels];
    const idOf = idsOf(names);
    const measures =
      labels[0] === 'O' && labels.every((tag) => /^(?:O|[BI]-.+)$/.test(tag))
        ? ({ metrics: { ...entityMetrics(names), wordAccuracy }, primaryMetric: 'f1' } as const)
        : ({ metrics: { wordAccuracy }, primaryMetric: 'wordAccuracy' } as const);
    return {
      task: { name, kind: 'token-classification', evaluationSplits: ['validation'], fields: [text, label], labels, ...measures },
      names,
      inputs: [text],
      example: (row) => {
        const { words: sentence, tags: given } = read({ texts: [text], label }, row);
        return { words: sentence, label: given.map(idOf) };
      },
      input: (row) => {
        if (isEmpty(row, text)) return undefined;
        const sentence = words(row, text);
        return { words: sentence, label: sentence.map(() => 0) };
      },
      readable: (answer) => Array.from(answer as ArrayLike<number>, (id) => labels[id]),
    };
  },
};

type WordColumns = Pick<TaggingDefinition, 'texts' | 'label'>;

function columnsIn(columns: Columns): WordColumns {
  const [text, ...others] = columns.texts;
  if (text !== undefined && others.length === 0) return { texts: [text], label: labelOf(columns, 'tags') };
  throw new UnmaskError(`tags are of the words of one column, not of ${columns.texts.map((each) => `"${each}"`).join(' and ') || 'none'}: name one`);
}

/** The words of a row and their tags. @throws RowError */
function read({ texts: [text], label }: WordColumns, row: Row): { words: string[]; tags: string[] } {
  const [sentence, given] = [words(row, text), tags(row, label)];
  if (sentence.length !== given.length) throw new RowError(`has ${sentence.length} words in "${text}" and ${given.length} tags in "${label}"; give one for each word`);
  return { words: sentence, tags: given };
}
