import { UnmaskError } from '@unmask/tensor-core';
import { type Row, RowError } from '../../row.js';
import { textIn } from './values.js';

/** A column's name in braces; two braces are one that stands for itself. */
const PLACES = /\{\{|\}\}|\{([^{}]+)\}/g;

/** The columns that a template names. @throws UnmaskError when it names none */
export function columnsOf(template: string): string[] {
  const columns = [...template.matchAll(PLACES)].flatMap(([, column]) => column ?? []);
  if (columns.length > 0) return columns;
  throw new UnmaskError(`--template ${JSON.stringify(template)} names no column: write each in braces, as in 'Question: {question}'`);
}

/** A template with the texts of a row in their places. @throws RowError when a column is missing, or nothing but blanks comes of it */
export function filled(template: string, row: Row): string {
  const text = template.replaceAll(PLACES, (place, column: string | undefined) => (column === undefined ? place[0] : textIn(row, column)));
  if (text.trim() === '') throw new RowError('makes an empty text of the template; leave such rows out');
  return text;
}
