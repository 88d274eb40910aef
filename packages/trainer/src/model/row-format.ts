import { extname } from 'node:path';
import { Cell, type Row } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import type { PredictedRow } from './predict-rows.js';

/** How rows with answers are written: separated by commas (RFC 4180), as JSON Lines, or the answers alone, a line each. */
export type RowFormat = 'csv' | 'jsonl' | 'plain';

/** The format of a file to write, by its extension. @throws UnmaskError for another one */
export function rowFormatOf(path: string): RowFormat {
  const extension = extname(path).slice(1).toLowerCase();
  if (extension === 'csv' || extension === 'jsonl') return extension;
  throw new UnmaskError(`${path}: predictions are written as .csv or .jsonl; give it one of these endings`);
}

/**
 * The lines of a file of rows with answers: the columns that the rows have, in their order, then `prediction` and, of classes,
 * `probability`.
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
      if (Object.hasOwn(row, name)) throw new UnmaskError(`the rows have a column "${name}" already: rename it, for the model's answers go there`, { code: 'bad-data' });
    }
    const values = { ...row, ...answer };
    if (format === 'jsonl') {
      yield `${JSON.stringify(withTexts(values))}\n`;
      continue;
    }
    const header = csvLine(Object.keys(values));
    if (columns === undefined) yield header;
    else if (header !== columns) throw new UnmaskError('the rows have different columns, which CSV cannot hold: write JSON Lines, by --json or to a .jsonl file', { code: 'bad-data' });
    columns = header;
    yield csvLine([...Object.values(row).map(cellText), ...Object.values(answer).map(answerCell)]);
  }
}

type Answer = PredictedRow['prediction'];

const textIn = (value: unknown) => (value instanceof Cell ? value.text : value);

const withTexts = (row: Row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textIn(value)]));

/** A value as a cell: texts as they are, others as JSON. */
function cellText(value: unknown): string {
  const text = textIn(value);
  if (typeof text === 'string') return text;
  return text === null || text === undefined ? '' : JSON.stringify(text);
}

/** An answer as a cell: tags with blanks between them where none is missing or has blanks itself. */
function answerCell(value: Answer): string {
  const apart = typeof value === 'object' && value.every((tag) => tag !== null && !/\s/.test(tag));
  return apart ? value.join(' ') : cellText(value);
}

/** An answer for people to read. */
const plainText = (value: Answer) => (typeof value === 'object' ? value.map((tag) => tag ?? '?').join(' ') : String(value));

const csvLine = (cells: readonly string[]) => `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
