import { Cell, describe, fieldOf, type Row, RowError, textOf, valueOf } from '../row.js';

/** Longest class name, in characters: what is longer is a text, not a class. */
const LONGEST_LABEL = 200;

/** Whether a text can name a class: on one line, without control characters, which could do harm where it is shown. */
export const isLabel = (text: string): boolean => text !== '' && text.length <= LONGEST_LABEL && !/\p{Cc}/u.test(text);

/** A text that is not empty. @throws RowError */
export function filledText(row: Row, column: string): string {
  const text = textOf(row, column);
  if (text.trim() === '') throw new RowError(`has an empty text in field "${column}"; leave such rows out`);
  return text;
}

/** The name of a class: a text, a number or a truth value, without the blanks around it. @throws RowError */
export function className(row: Row, column: string): string {
  return asName(fieldOf(row, column), column);
}

/** A number. @throws RowError */
export function score(row: Row, column: string): number {
  const value = fieldOf(row, column);
  const text = value instanceof Cell ? value.text.trim() : value;
  const number = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new RowError(`has ${describe(text)} in field "${column}"; give a number`);
  return number;
}

/** Words, or their tags: a list, or a text with blanks between them. @throws RowError */
export function words(row: Row, column: string): string[] {
  const value = valueOf(row, column); // a cell may hold a list as JSON
  const items = Array.isArray(value) ? (value as unknown[]) : textOf(row, column).split(/\s+/).filter((item) => item !== '');
  if (items.length === 0) throw new RowError(`has no words in field "${column}"; leave such rows out`);
  return items.map((item) => asName(item, column));
}

function asName(value: unknown, column: string): string {
  const raw = value instanceof Cell ? value.text : value;
  const name = typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : raw;
  if (typeof name !== 'string') throw new RowError(`has ${describe(raw)} in field "${column}"; give a text or a number`);
  const trimmed = name.trim();
  if (trimmed === '' || trimmed === 'NaN') throw new RowError(`has ${describe(raw)} in field "${column}", which is no label; leave such rows out`);
  if (!isLabel(trimmed)) throw new RowError(`has ${describe(trimmed)} in field "${column}"; a label has at most ${LONGEST_LABEL} characters, no tabs and no line ends`);
  return trimmed;
}
