import { UnmaskError } from '@unmask/tensor-core';
import { exactMatch } from '../metrics/exact-match.js';
import { rouge1, rouge2, rougeL } from '../metrics/rouge.js';
import type { Row } from '../row.js';
import type { GenerationExample, GenerationTask } from '../task.js';
import type { Columns, DefinitionOf, EachRow } from './definition.js';
import type { UserTask } from './user-task.js';
import { filledText, isEmpty } from './values.js';

/** Completions of prompts. @throws UnmaskError for two text columns */
export function defineGeneration({ texts: [text, second], label }: Columns, each: EachRow, maxNewTokens: number): DefinitionOf<'generation'> {
  if (second !== undefined) throw new UnmaskError(`a prompt is the text of one column, not of "${text}" and "${second}": name one`);
  each((row) => read({ texts: [text], label }, row));
  return { texts: [text], label, kind: 'generation', maxNewTokens };
}

/** A prompt and what follows it. @throws RowError */
function read({ texts: [text], label }: Columns, row: Row): GenerationExample {
  const target = filledText(row, label);
  return { prompt: filledText(row, text), target, label: [target] };
}

/** Texts that follow a prompt as they stand in the file: a blank between the two is in one of the columns. */
export function generation(name: string, { texts: [text], label, maxNewTokens }: DefinitionOf<'generation'>): UserTask<GenerationTask> {
  const example = (row: Row) => read({ texts: [text], label }, row);
  return {
    task: { name, kind: 'generation', evaluationSplits: ['validation'], metrics: { rouge1, rouge2, rougeL, exactMatch }, primaryMetric: 'rougeL', maxNewTokens, read: example },
    example,
    input: (row) => (isEmpty(row, text) ? undefined : { prompt: filledText(row, text), target: '', label: [''] }),
    readable: (answer) => answer as string,
  };
}
