import { UnmaskError } from '@unmask/tensor-core';
import { Cell, type Row, RowError } from '../row.js';
import type { FileOptions, LocatedRow } from './located-row.js';
import { type Dialect, notRecord, Records } from './records.js';
import { readTextLines } from './text-lines.js';

/** Separated values (RFC 4180): cells in quotation marks may hold delimiters, line ends and doubled quotation marks. */
const quoted = (delimiter: string): Dialect => ({ delimiter, quotes: true });
/** Tab-separated values as GLUE's own files: a cell is all that stands between two tabs, quotation marks included. */
const TSV: Dialect = { delimiter: '\t', quotes: false };

/** What may stand between cells; a comma, unless the first line has none. */
const DELIMITERS = [',', ';', '\t', '|'];

/** The rows of a CSV file, whose first line names the fields. */
export const readCsv: Reader = (path, _, options) => readSeparatedValues(path, options, (first) => quoted(DELIMITERS.find((each) => first.includes(each)) ?? ','));

/** The rows of a TSV file, whose first line names the fields. */
export const readTsv: Reader = (path, _, options) => readSeparatedValues(path, options, () => TSV);

type Reader = (path: string, limit: number, options: FileOptions) => AsyncGenerator<LocatedRow>;

/** @param dialectOf by the first line, where no delimiter is given */
async function* readSeparatedValues(path: string, options: FileOptions, dialectOf: (first: string) => Dialect): AsyncGenerator<LocatedRow> {
  const { delimiter } = options;
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) throw new UnmaskError(`the delimiter is ${JSON.stringify(delimiter)}: give one character, such as ; (--delimiter)`);
  let records = new Records(TSV);
  let names: readonly string[] | undefined;
  /** Places of blank lines, which are rows in files with one column, unless nothing follows them. */
  const blank: string[] = [];
  let place = ':1';
  try {
    for await (const { number, text } of readTextLines(path, options)) {
      if (number === 1) records = new Records(delimiter === undefined ? dialectOf(text()) : quoted(delimiter));
      if (!records.isOpen) place = `:${number}`;
      const record = records.add(text());
      if (!record) continue;
      const here = place;
      if (isBlank(record)) {
        if (names?.length === 1) blank.push(here);
      } else if (names) {
        const fields = names;
        yield* blank.splice(0).map((each) => ({ place: each, read: () => rowOf(fields, ['']) }));
        yield { place: here, read: () => rowOf(fields, record) };
      } else {
        names = record;
        const seen = new Set<string>();
        const repeated = names.find((name) => seen.size === seen.add(name).size);
        if (repeated !== undefined) throw new RowError(`names the field "${repeated}" twice; name each once`);
      }
    }
    if (records.isOpen) throw notRecord('a quotation mark is never closed');
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    yield {
      place,
      read: () => {
        throw error;
      },
    };
  }
}

/** Whether a record is a blank line. */
const isBlank = (record: readonly string[]) => record.length === 1 && record[0].trim() === '';

function rowOf(names: readonly string[], record: readonly string[]): Row {
  if (record.length !== names.length) throw new RowError(`has ${record.length} cells; give ${names.length}, one for each field of the first line`);
  return new Map(names.map((name, index) => [name, new Cell(record[index])]));
}
