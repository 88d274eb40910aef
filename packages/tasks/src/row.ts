import { didYouMean } from '@unmask/tensor-core';

/** The values of a row by field. */
export type Row = Readonly<Record<string, unknown>>;

/** What is wrong with a row and how to mend it; the reader adds file and line. */
export class RowError extends Error {}

/** A value of a file whose cells are all texts: it is a text, or another value written as JSON. */
export class Cell {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The text in a field. @throws RowError when there is none */
export function textOf(row: Row, field: string): string {
  const value = fieldOf(row, field);
  if (value instanceof Cell) return value.text;
  if (typeof value !== 'string') throw new RowError(`has ${describe(value)} in field "${field}"; give a string`);
  return value;
}

/** The value in a field. @throws RowError when the row has no such field @param remedy what to give, of an error */
export function valueOf(row: Row, field: string, remedy?: string): unknown {
  const value = fieldOf(row, field, remedy);
  if (!(value instanceof Cell)) return value;
  try {
    return JSON.parse(value.text) as unknown;
  } catch {
    return value.text;
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
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The value in a field as the file has it, a {@link Cell} or not. @throws RowError when the row has no such field @param remedy what to give, of an error */
export function fieldOf(row: Row, field: string, remedy = `its fields are ${Object.keys(row).join(', ') || 'none'}${didYouMean(field, Object.keys(row))}`): unknown {
  const value = Object.hasOwn(row, field) ? row[field] : undefined;
  if (value === undefined) throw new RowError(`has no field "${field}"; ${remedy}`);
  return value;
}
