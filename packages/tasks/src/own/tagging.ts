import { UnmaskError } from '@unmask/tensor-core';
import { entityMetrics } from '../metrics/entity-metrics.js';
import { wordAccuracy } from '../metrics/word-accuracy.js';
import { type Row, RowError } from '../row.js';
import type { TokenClassificationTask } from '../task.js';
import type { Columns, DefinitionOf, EachRow } from './definition.js';
import { idsOf, sortedNames } from './labels.js';
import type { UserTask } from './user-task.js';
import { isEmpty, tags, words } from './values.js';

/**
 * Tags of words, those that the training rows have.
 * @throws UnmaskError `bad-data` when they have only one, `bad-argument` for two text columns
 */
export function defineTagging({ texts: [text, second], label }: Columns, each: EachRow): DefinitionOf<'token-classification'> {
  if (second !== undefined) throw new UnmaskError(`tags are of the words of one column, not of "${text}" and "${second}": name one`);
  const labels = sortedNames(each((row) => read({ texts: [text], label }, row).tags).flat());
  if (labels.length < 2) throw new UnmaskError(`every word of the training rows has the tag "${labels[0]}" in field "${label}": give rows of two tags at least`, { code: 'bad-data' });
  return { texts: [text], label, kind: 'token-classification', labels };
}

/** The words of a row and their tags. @throws RowError */
function read({ texts: [text], label }: Columns, row: Row): { words: string[]; tags: string[] } {
  const [sentence, given] = [words(row, text), tags(row, label)];
  if (sentence.length !== given.length) throw new RowError(`has ${sentence.length} words in "${text}" and ${given.length} tags in "${label}"; give one for each word`);
  return { words: sentence, tags: given };
}

/** Tags of words. Where all are B-TYPE, I-TYPE and O, whole entities are measured, else words. */
export function tagging(name: string, { texts: [text], label, labels }: DefinitionOf<'token-classification'>): UserTask<TokenClassificationTask> {
  const names = [...labels];
  const idOf = idsOf(names);
  const measures =
    labels[0] === 'O' && labels.every((tag) => /^(?:O|[BI]-.+)$/.test(tag))
      ? ({ metrics: { ...entityMetrics(names), wordAccuracy }, primaryMetric: 'f1' } as const)
      : ({ metrics: { wordAccuracy }, primaryMetric: 'wordAccuracy' } as const);
  return {
    task: { name, kind: 'token-classification', evaluationSplits: ['validation'], fields: [text, label], labels, ...measures },
    names,
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
}
