import { didYouMean, shown, UnmaskError } from '@unmask/tensor-core';
import type { Row } from '../row.js';
import type { Task } from '../task.js';
import { isLabel } from './values.js';

/** The columns of a user's file that a task reads. */
export interface Columns {
  /** Of the text or the pair of texts; of the words of a sentence; or of the prompt. */
  readonly texts: readonly [string] | readonly [string, string];
  /** Of what a model should answer. */
  readonly label: string;
}

/** Reads something of each training row; a row that does not fit is an UnmaskError with its place. */
export type EachRow = <T>(use: (row: Row) => T) => readonly T[];

/** A task on a user's own data: all that it takes to read its rows and to put a model's answers into the user's words. */
export type TaskDefinition = Columns &
  (
    | { readonly kind: 'classification'; /** Classes by id. */ readonly labels: readonly string[] }
    | { readonly kind: 'regression'; /** Of the training rows: a model is trained on (score − mean) / deviation. */ readonly mean: number; readonly deviation: number }
    | { readonly kind: 'token-classification'; /** Tags by id; `O` is the first where there is one. */ readonly labels: readonly string[] }
    | { readonly kind: 'generation'; /** Tokens after which an answer is cut off. */ readonly maxNewTokens: number }
  );

/** What users call the kinds of tasks, in options and messages. */
export const kindWords: Readonly<Record<Task['kind'], string>> = { classification: 'classification', regression: 'regression', 'token-classification': 'tags', generation: 'completion' };

/** A definition of one kind. */
export type DefinitionOf<Kind extends Task['kind']> = Extract<TaskDefinition, { readonly kind: Kind }>;

const KINDS: readonly Task['kind'][] = ['classification', 'regression', 'token-classification', 'generation'];

/**
 * Checks a definition that was read from JSON.
 * @throws UnmaskError `bad-file` naming the field
 */
export function parseDefinition(value: unknown): TaskDefinition {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const bad = (name: string, expected: string) => new UnmaskError(`its task's "${name}" is ${shown(fields[name])}, expected ${expected}`, { code: 'bad-file' });
  const { kind, texts, label, labels, mean, deviation, maxNewTokens } = fields;
  if (!KINDS.includes(kind as Task['kind'])) throw bad('kind', `one of ${KINDS.join(', ')}${didYouMean(String(kind), KINDS)}`);
  if (!isTexts(texts) || texts.length < 1 || texts.length > 2) throw bad('texts', 'the name of a column, or of two');
  if (typeof label !== 'string') throw bad('label', 'the name of a column');
  const columns = { texts: texts as Columns['texts'] & [string], label };
  switch (kind as Task['kind']) {
    case 'regression':
      if (!isFinite(mean)) throw bad('mean', 'a number');
      if (!isFinite(deviation) || deviation <= 0) throw bad('deviation', 'a number above 0');
      return { ...columns, kind: 'regression', mean, deviation };
    case 'generation':
      if (!isFinite(maxNewTokens) || !Number.isInteger(maxNewTokens) || maxNewTokens < 1) throw bad('maxNewTokens', 'a whole number from 1 up');
      return { ...columns, kind: 'generation', maxNewTokens };
    default:
      if (!isTexts(labels) || labels.length < 2 || new Set(labels).size < labels.length || !labels.every(isLabel)) throw bad('labels', 'two or more different names of classes');
      return { ...columns, kind: kind as 'classification' | 'token-classification', labels };
  }
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isFinite = (value: unknown): value is number => Number.isFinite(value);
