import { Cell, Json, type Row } from '@unmask/tasks';
import { extensionOf, printable, UnmaskError } from '@unmask/tensor-core';
import type { Prediction } from '../forms/form.js';
import type { PredictedRow } from './predict-rows.js';

/** How rows with answers are written: separated by commas (RFC 4180), as JSON Lines, or the answers alone, a line each. */
export type RowFormat = 'csv' | 'jsonl' | 'plain';

/** The format of a file to write, by its extension. @throws UnmaskError for another one */
export function rowFormatOf(path: string): RowFormat {
  const extension = extensionOf(path);
  if (extension === 'csv' || extension === 'jsonl') return extension;
  throw new UnmaskError(`${path}: predictions are written as .csv or .jsonl; give it one of these endings`);
}

/**
 * The lines of a file of rows with answers: the columns that the rows have, as they stand and in their order, then `prediction`
 * and, of classes, `probability`.
 * @throws UnmaskError when the rows have such a column already, or in CSV not all the same columns
 */
export async function* formatRows(rows: AsyncIterable<PredictedRow>, format: RowFormat): AsyncGenerator<string> {
  let columns: string | undefined;
  for await (const { row, ...answer } of rows) {
    if (format === 'plain') {
      yield `${Object.values(answer).map(plainText).join('\t')}\n`;
      continue;
    }
    for (const name of Object.keys(answer)) {
      if (row.has(name)) throw new UnmaskError(`the rows have a column "${name}" already: rename it, for the model's answers go there`, { code: 'bad-data' });
    }
    if (format === 'jsonl') {
      yield jsonLine(row, answer);
      continue;
    }
    const header = csvLine([...row.keys(), ...Object.keys(answer)]);
    if (columns === undefined) yield header;
    else if (header !== columns) throw new UnmaskError('the rows have different columns, which CSV cannot hold: write JSON Lines, by --json or to a .jsonl file', { code: 'bad-data' });
    columns = header;
    yield csvLine([...Array.from(row.values(), cellText), ...Object.values(answer).map(answerCell)]);
  }
}

type Answer = Prediction['prediction'];

/** A line of JSON; characters that act on a terminal stand in it as JSON's escapes. */
function jsonLine(row: Row, answer: Prediction): string {
  const fields = [...Array.from(row, ([name, value]) => [name, jsonText(value)]), ...Object.entries(answer).map(([name, value]) => [name, JSON.stringify(value)])];
  return `${printable(`{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`, '\t')}\n`;
}

function jsonText(value: unknown): string {
  return value instanceof Json ? value.text.replace(/[\r\n]+/g, ' ') : JSON.stringify(value instanceof Cell ? value.text : value);
}

/** A value as a cell: texts as they are, others as JSON, nothing for none. */
function cellText(value: unknown): string {
  if (value instanceof Cell) return value.text;
  const text = typeof value === 'string' ? value : jsonText(value);
  return text === 'null' && value !== text ? '' : text;
}

/**
 * An answer as a cell: tags with blanks between them where none is missing or has blanks itself. Texts are made harmless, since a
 * model writes them: spreadsheets take what begins like a formula for one, unless an apostrophe is before it.
 */
function answerCell(value: Answer): string {
  const isApart = typeof value === 'object' && value?.every((tag) => tag !== null && !/\s/.test(String(tag)));
  const text = isApart ? value!.join(' ') : cellText(value);
  const isFormula = typeof value !== 'number' && /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text));
  return `${isFormula ? "'" : ''}${printable(text, '\n\t')}`;
}

/** An answer for people to read. */
const plainText = (value: Answer) => printable(typeof value === 'object' ? (value ?? []).map((tag) => tag ?? '?').join(' ') : String(value), '\n\t');

const csvLine = (cells: readonly string[]) => `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
