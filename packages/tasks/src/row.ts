import { didYouMean } from '@unmask/tensor-core';
import { jsonParts } from './json-parts.js';

/** The values of a row by field, in the order of the file: texts, {@link Cell} or {@link Json}; of rows made by programs any. */
export type Row = ReadonlyMap<string, unknown>;

/** Values by field that a program made up; a file's are a {@link Row}. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a row and how to mend it; the reader adds file and line. */
export class RowError extends Error {}

/** A value of a file whose cells are all texts: it is a text, or another value written as JSON. */
export class Cell {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value that is no text, as JSON writes it: a number may have more digits than JavaScript's own hold. */
export class Json {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get value(): unknown {
    return JSON.parse(this.text) as unknown;
  }
}

/** The values of a JSON object by name, or of a list by number: texts as such, others as {@link Json}. @param text of an object or a list */
export function jsonFields(text: string): Map<string, unknown> {
  return new Map(jsonParts(text).map((part, index) => [part.name ?? String(index), part.text.startsWith('"') ? (JSON.parse(part.text) as string) : new Json(part.text)]));
}

/** The text in a field. @throws RowError when there is none */
export function textOf(row: Row, field: string): string {
  const value = fieldOf(row, field);
  if (value instanceof Cell) return value.text;
  if (typeof value !== 'string') throw new RowError(`has ${describe(value)} in field "${field}"; give a string`);
  return value;
}

/** The value in a field, as JavaScript holds it. @throws RowError when the row has no such field @param remedy what to give, of an error */
export function valueOf(row: Row, field: string, remedy?: string): unknown {
  const value = fieldOf(row, field, remedy);
  if (value instanceof Json) return value.value;
  return value instanceof Cell ? (parsed(value.text) ?? value.text) : value;
}

/** The items of the list in a field, each as the file has it; undefined when there is no list. @throws RowError when the row has no such field */
export function itemsOf(row: Row, field: string): unknown[] | undefined {
  const value = fieldOf(row, field);
  if (Array.isArray(value)) return value as unknown[];
  const text = value instanceof Json || (value instanceof Cell && Array.isArray(parsed(value.text))) ? value.text.trim() : '';
  return text.startsWith('[') ? [...jsonFields(text).values()] : undefined;
}

/** What a cell holds as JSON; undefined when it is a plain text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The list in a field, each of its items checked. @throws RowError when it is none */
export function listOf<T>(row: Row, field: string, isItem: (item: unknown) => item is T, items: string): T[] {
  const value = valueOf(row, field);
  if (!Array.isArray(value)) throw new RowError(`has ${describe(value)} in field "${field}"; give a list of ${items}`);
  const wrong = value.findIndex((item) => !isItem(item));
  if (wrong >= 0) throw new RowError(`has ${describe(value[wrong])} as item ${wrong + 1} of "${field}"; give a list of ${items}`);
  return value as T[];
}

/** Whether a value is a text. */
export const isText = (value: unknown): value is string => typeof value === 'string';

/** A value as an error shows it: short, and on one line. */
export function describe(value: unknown): string {
  if (value instanceof Cell) return describe(value.text);
  if (Array.isArray(value) || (value instanceof Json && value.text.startsWith('['))) return 'a list';
  if (value instanceof Json && !value.text.startsWith('{')) return shortened(value.text);
  if (typeof value === 'object' && value !== null) return 'an object';
  return shortened(typeof value === 'string' ? JSON.stringify(value) : String(value));
}

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** The value in a field as the file has it. @throws RowError when the row has no such field @param remedy what to give, of an error */
export function fieldOf(row: Row, field: string, remedy?: string): unknown {
  const value = row.get(field);
  if (value !== undefined) return value;
  throw new RowError(`has no field "${field}"; ${remedy ?? `its fields are ${[...row.keys()].join(', ') || 'none'}${didYouMean(field, row.keys())}`}`);
}
