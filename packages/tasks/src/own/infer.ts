import { UnmaskError } from '@unmask/tensor-core';
import { Cell, describe, fieldOf, itemsOf, Json, type Row, textOf, valueOf } from '../row.js';
import type { Task } from '../task.js';
import type { Columns } from './forms/form.js';
import { recognise } from './forms/index.js';

/** Most different whole numbers that are taken for the numbers of classes. */
const MOST_NUMBERED_CLASSES = 20;

/** What a file's rows hold, and why it seems so. */
export interface Inferred {
  readonly kind: Task['kind'];
  /** What was found, as a sentence goes on after the file's name. */
  readonly because: string;
  /** Those that are named, or else recognised. */
  readonly columns: Columns;
}

/**
 * What the rows of a file ask for, by what stands in the label's column: lists, or as many items as the text has words, are
 * tags; numbers, in most rows, are scores, but few different whole ones classes; texts that are hardly ever the same are
 * completions; all else is classes. Where no columns are named, the fields of the first row decide.
 * @param rows at least one, with these columns
 * @throws UnmaskError when they could be anything
 */
export function inferKind(columns: Columns, rows: readonly Row[]): Inferred {
  const { texts: [text], label } = columns;
  if (text === undefined && label === null) {
    const found = recognise(rows[0]);
    if (found) return found;
  }
  if (text === undefined || label === null) {
    throw new UnmaskError(`there is no saying what the rows ask for, whose fields are ${[...rows[0].keys()].join(', ')}: name the columns of their texts by --text and of the answers by --label, or say what they are by --task`);
  }
  const { kind, because } = byLabel(text, label, rows);
  return { kind, because: `field "${label}" has ${because}`, columns };
}

function byLabel(text: string, label: string, rows: readonly Row[]): Omit<Inferred, 'columns'> {
  if (rows.every((row) => itemsOf(row, label))) return { kind: 'token-classification', because: 'lists' };
  const values = rows.map((row) => valueOf(row, label));
  const numbers = values.filter((value): value is number => typeof value === 'number' || value === 'NaN');
  const numbered = new Set(numbers).size;
  const areClasses = numbers.every(Number.isInteger) && numbered <= MOST_NUMBERED_CLASSES;
  if (numbers.length === values.length) return areClasses ? { kind: 'classification', because: `${numbered} different whole numbers` } : { kind: 'regression', because: 'numbers' };
  const names = rows.map((row) => textIn(row, label).trim());
  if (areTags(rows.map((row) => textIn(row, text)), names)) return { kind: 'token-classification', because: `a tag for each word in "${text}"` };
  if (!areClasses && numbers.length > values.length / 2) return { kind: 'regression', because: `numbers in ${numbers.length} of ${values.length} rows` };
  const different = new Set(names).size;
  return different > names.length / 2 && different > 2 ? { kind: 'generation', because: `${different} different texts in ${names.length} rows` } : { kind: 'classification', because: `${different} different values` };
}

/** The text in a field; of other values what tells them apart. */
function textIn(row: Row, column: string): string {
  const value = fieldOf(row, column);
  if (value instanceof Json) return value.text;
  return typeof value === 'string' || value instanceof Cell ? textOf(row, column) : describe(value);
}

/** Whether each label has as many items as its text, and some have several. */
function areTags(texts: readonly string[], labels: readonly string[]): boolean {
  const count = (words: string) => words.split(/\s+/).filter((word) => word !== '').length;
  const counts = labels.map(count);
  return counts.every((items, row) => items === count(texts[row])) && counts.some((items) => items > 1);
}
