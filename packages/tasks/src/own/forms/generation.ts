import { UnmaskError } from '@unmask/tensor-core';
import { exactMatch } from '../../metrics/exact-match.js';
import { rouge1, rouge2, rougeL } from '../../metrics/rouge.js';
import type { Row } from '../../row.js';
import type { GenerationExample, GenerationTask } from '../../task.js';
import { type Columns, type Form, isPositive, labelOf } from './form.js';
import type { UserTask } from './user-task.js';
import { filledText, isEmpty } from './values.js';

/** Completions of prompts. */
export interface GenerationDefinition extends Columns {
  readonly kind: 'generation';
  readonly texts: readonly [string];
  readonly label: string;
  /** Tokens after which an answer is cut off. */
  readonly maxNewTokens: number;
}

/** Tokens after which an answer is cut off, where nobody says. */
export const MAX_NEW_TOKENS = 128;

/** Texts that follow a prompt as they stand in the file: a blank between the two is in one of the columns. */
export const generation: Form<GenerationDefinition> = {
  kind: 'generation',
  word: 'completion',
  define(columns, each, { maxNewTokens = MAX_NEW_TOKENS }) {
    const known = columnsIn(columns);
    each((row) => read(known, row));
    return { ...known, kind: 'generation', maxNewTokens };
  },
  parse: (columns, fields) => ({ ...columnsIn(columns), kind: 'generation', maxNewTokens: fields.read('maxNewTokens', isPositive, 'a whole number from 1 up') }),
  task: (name, { texts: [text], label, maxNewTokens }): UserTask<GenerationTask> => {
    const example = (row: Row) => read({ texts: [text], label }, row);
    return {
      task: { name, kind: 'generation', evaluationSplits: ['validation'], metrics: { rouge1, rouge2, rougeL, exactMatch }, primaryMetric: 'rougeL', maxNewTokens, read: example },
      inputs: [text],
      example,
      input: (row) => (isEmpty(row, text) ? undefined : { prompt: filledText(row, text), target: '', label: [''] }),
      readable: (answer) => answer as string,
    };
  },
};

type PromptColumns = Pick<GenerationDefinition, 'texts' | 'label'>;

function columnsIn(columns: Columns): PromptColumns {
  const [text, ...others] = columns.texts;
  if (text !== undefined && others.length === 0) return { texts: [text], label: labelOf(columns, 'completions') };
  throw new UnmaskError(`a prompt is the text of one column, not of ${columns.texts.map((each) => `"${each}"`).join(' and ') || 'none'}: name one`);
}

/** A prompt and what follows it. @throws RowError */
function read({ texts: [text], label }: PromptColumns, row: Row): GenerationExample {
  const target = filledText(row, label);
  return { prompt: filledText(row, text), target, label: [target] };
}
