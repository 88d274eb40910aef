import { didYouMean, shown, UnmaskError } from '@unmask/tensor-core';
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
  /** What stands between several labels in one text; a comma by default. */
  readonly separator?: string | undefined;
  /** From which probability a text is held to have a label, 0.5 by default: one number for all labels, or those of some by name. */
  readonly threshold?: number | Readonly<Record<string, number>> | undefined;
  /** A text that is made of columns, their names in braces: what a user says, or of plain text all of it. */
  readonly prompt?: string | undefined;
  /** A chat template in Jinja, instead of the model's own. */
  readonly chatTemplate?: string | undefined;
  /** By what is learned, where there is a choice: of embeddings `ranking`, `triplet` or `cosine`, of preferences `dpo` or `orpo`. */
  readonly loss?: string | undefined;
  /** How much preferences count, 0.1 by default: of DPO the less, the further a model may go from what it was before training; of ORPO the weight of the odds. */
  readonly beta?: number | undefined;
  /** Sizes of vectors that are to be good when they are cut off there, too. */
  readonly matryoshka?: readonly number[] | undefined;
}

/** What shows that a row is of a form. */
export interface Recognised {
  /** As a sentence goes on after the file's name. */
  readonly because: string;
  readonly columns: Columns;
}

/**
 * A form of rows: how they are known and read, what is kept of it with a trained model, and how answers to them are measured.
 * @typeParam Definition all that it takes to read rows again; JSON
 */
export interface Form<Definition extends Columns & { readonly kind: Task['kind'] } = Columns & { readonly kind: Task['kind'] }> {
  readonly kind: Definition['kind'];
  /** What users call it, in options and messages. */
  readonly word: string;
  /** Whether a row of which no columns are named is of this form, by its fields. */
  recognise?(this: void, row: Row): Recognised | undefined;
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

/** Whether a value is a text or nothing. */
export const isTextOrNull = (value: unknown): value is string | null => typeof value === 'string' || value === null;

/** Whether a value is a list of numbers. */
export const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every((item) => Number.isFinite(item));

/** Whether a value is a whole number from 1 up. */
export const isPositive = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** One of the losses that a form can be learned by, the first where none is named. @throws UnmaskError for another */
export function lossAmong<Loss extends string>(losses: readonly Loss[], given: string | undefined, what: string): Loss {
  if (given === undefined) return losses[0];
  const found = losses.find((loss) => loss === given);
  if (found !== undefined) return found;
  throw new UnmaskError(`${what} are not learned by the loss "${given}": choose ${losses.join(' or ')}${didYouMean(given, losses)} (--loss)`);
}

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
