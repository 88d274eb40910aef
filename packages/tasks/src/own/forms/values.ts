import { Cell, describe, fieldOf, itemsOf, Json, type Row, RowError, textOf } from '../../row.js';

/** Longest class name, in characters: what is longer is a text, not a class. */
const LONGEST_LABEL = 200;

/** Most significant digits with which JavaScript's numbers tell all numbers apart. */
const EXACT_DIGITS = 15;

/** Whether a text can name a class: on one line, without control characters, which could do harm where it is shown. */
export const isLabel = (text: string): boolean => text !== '' && text.length <= LONGEST_LABEL && !/\p{Cc}/u.test(text);

/** A text that is not empty. @throws RowError */
export function filledText(row: Row, column: string): string {
  const text = textOf(row, column);
  if (text.trim() === '') throw new RowError(`has an empty text in field "${column}"; leave such rows out`);
  return text;
}

/** Whether there is nothing to read in a column: an empty text or list, or no value where others have one. @throws RowError when the row has no such column */
export function isEmpty(row: Row, column: string): boolean {
  const value = fieldOf(row, column);
  const isMissing = value === null || (value instanceof Json && value.text === 'null');
  return isMissing || itemsOf(row, column)?.length === 0 || scalarText(value)?.trim() === '';
}

/** The name of a class: a text, a number or a truth value, without the blanks around it. @throws RowError */
export function className(row: Row, column: string): string {
  return asName(fieldOf(row, column), column);
}

/** A number. @throws RowError @param remedy what to give, of an error */
export function score(row: Row, column: string, remedy = 'give a number'): number {
  const value = fieldOf(row, column);
  const text = scalarText(value)?.trim();
  const number = text === undefined || text === '' ? NaN : Number(text);
  if (!Number.isFinite(number)) throw new RowError(`has ${describe(value)} in field "${column}"; ${remedy}`);
  return number;
}

/** Words, whatever they are: a list, or a text with blanks between them. @throws RowError */
export function words(row: Row, column: string): string[] {
  return itemsOrWords(row, column).map((item, index) => {
    const word = scalarText(item);
    if (word === undefined) throw new RowError(`has ${describe(item)} as word ${index + 1} of field "${column}"; give texts`);
    return word;
  });
}

/** The tags of words: a list, or a text with blanks between them. @throws RowError */
export function tags(row: Row, column: string): string[] {
  return itemsOrWords(row, column).map((item) => asName(item, column));
}

/** The names in a list, or in a text with a separator between them. @throws RowError */
export function classNames(row: Row, column: string, separator: string): string[] {
  const items = itemsOf(row, column) ?? textOf(row, column).split(separator).filter((item) => item.trim() !== '');
  return items.map((item) => asName(item, column));
}

/** A text, number or truth value as a text, or a list or object as JSON; empty where there is nothing. @throws RowError when the row has no such column */
export function textIn(row: Row, column: string): string {
  const value = fieldOf(row, column);
  const text = scalarText(value);
  if (text !== undefined) return text;
  const json = value instanceof Json ? value.text : JSON.stringify(value);
  return json === 'null' ? '' : json;
}

function itemsOrWords(row: Row, column: string): unknown[] {
  const items = itemsOf(row, column) ?? textOf(row, column).split(/\s+/).filter((item) => item !== '');
  if (items.length === 0) throw new RowError(`has no words in field "${column}"; leave such rows out`);
  return items;
}

function asName(value: unknown, column: string): string {
  const name = scalarText(value)?.trim();
  if (name === undefined) throw new RowError(`has ${describe(value)} in field "${column}"; give a text or a number`);
  if (name === '' || name === 'NaN') throw new RowError(`has ${describe(value)} in field "${column}", which is no label; leave such rows out`);
  if (!isLabel(name)) throw new RowError(`has ${describe(name)} in field "${column}"; a label has at most ${LONGEST_LABEL} characters, no tabs and no line ends`);
  return name;
}

/** A text, a number or a truth value as a text; undefined for others. A number has its shortest form, or its own where that would be another number. */
function scalarText(value: unknown): string | undefined {
  if (value instanceof Cell) return value.text;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!(value instanceof Json) || !/^[-\dtf]/.test(value.text)) return undefined;
  const digits = value.text.replace(/e.*$/i, '').replace(/[-.]/g, '').replace(/^0+/, '').length;
  return digits > EXACT_DIGITS ? value.text : String(value.value);
}
