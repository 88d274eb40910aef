import { shown, UnmaskError } from '@unmask/tensor-core';
import type { Row } from '../../row.js';
import type { Task } from '../../task.js';
import type { UserTask } from './user-task.js';

/** The columns of a user's file that a task reads. */
export interface Columns {
  /** Of the text or the texts that belong together; of the words of a sentence; or of the prompt. None for rows that are known by their fields. */
  readonly texts: readonly string[];
  /** Of what a model should answer; null where that is in the texts themselves. */
  readonly label: string | null;
}

/** Reads something of each training row; a row that does not fit is an UnmaskError with its place. */
export type EachRow = <T>(use: (row: Row) => T) => readonly T[];

/** What a user may say about rows besides their columns. Each form takes what is of use to it. */
export interface FormOptions {
  /** Tokens after which a text that a model writes is cut off, 128 by default. */
  readonly maxNewTokens?: number | undefined;
}

/**
 * A form of rows: how they are known and read, what is kept of it with a trained model, and how answers to them are measured.
 * @typeParam Definition all that it takes to read rows again; JSON
 */
export interface Form<Definition extends Columns & { readonly kind: Task['kind'] } = Columns & { readonly kind: Task['kind'] }> {
  readonly kind: Definition['kind'];
  /** What users call it, in options and messages. */
  readonly word: string;
  /**
   * What the training rows make of it.
   * @throws UnmaskError when rows or columns do not fit, or do not do for such a task
   */
  define(columns: Columns, each: EachRow, options: FormOptions): Definition;
  /** A definition that was read from JSON, checked. @throws UnmaskError `bad-file` naming the field */
  parse(columns: Columns, fields: StoredFields): Definition;
  /** The task that a definition describes. @param name for results */
  task(name: string, definition: Definition): UserTask;
}

/** The fields of a definition that was read from JSON. */
export class StoredFields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    this.#fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  }

  /** A field's value. @throws UnmaskError `bad-file` when it is not as it should be @param expected says what it should be */
  read<T>(name: string, isValid: (value: unknown) => value is T, expected: string): T {
    const value = this.#fields[name];
    if (isValid(value)) return value;
    throw new UnmaskError(`its task's "${name}" is ${shown(value)}, expected ${expected}`, { code: 'bad-file' });
  }
}

/** Whether a value is a list of texts. */
export const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Whether a value is a whole number from 1 up. */
export const isPositive = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** The column of the label. @throws UnmaskError when none is named @param what stands in it */
export function labelOf({ label }: Columns, what: string): string {
  if (label !== null) return label;
  throw new UnmaskError(`there is no column of ${what}: name it by --label`);
}

/** The columns of one text, or of the two of a pair. @throws UnmaskError when none or more are named */
export function oneOrTwo({ texts }: Columns, what: string): readonly [string] | readonly [string, string] {
  if (texts.length === 1 || texts.length === 2) return texts as readonly [string] | readonly [string, string];
  throw new UnmaskError(`${what} is of one text or of a pair of texts, and --text names ${texts.length} columns: name one, or two`);
}
