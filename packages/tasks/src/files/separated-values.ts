import { pipeline } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { Cell, type Row, RowError } from '../row.js';
import type { LocatedRow } from './located-row.js';
import { readTextLines } from './text-lines.js';

/** A text that csv-parse reads: where quotation marks are ordinary characters, or where they enclose cells. */
interface Dialect {
  readonly delimiter: string;
  readonly quote: '"' | false;
}

/** Comma-separated values (RFC 4180): cells in quotation marks may hold commas, line ends and doubled quotation marks. */
const CSV: Dialect = { delimiter: ',', quote: '"' };
/** Tab-separated values as GLUE's own files: a cell is all that stands between two tabs, quotation marks included. */
const TSV: Dialect = { delimiter: '\t', quote: false };

/** A record with the number of lines up to its end. */
interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

/** The rows of a CSV file, whose first line names the fields. */
export const readCsv = (path: string): AsyncGenerator<LocatedRow> => readSeparatedValues(path, CSV);

/** The rows of a TSV file, whose first line names the fields. */
export const readTsv = (path: string): AsyncGenerator<LocatedRow> => readSeparatedValues(path, TSV);

async function* readSeparatedValues(path: string, dialect: Dialect): AsyncGenerator<LocatedRow> {
  let fault: LocatedRow | undefined;
  /** Lines as csv-parse takes them, up to the first that is none. */
  async function* lines(): AsyncGenerator<string> {
    for await (const { number, text } of readTextLines(path)) {
      try {
        yield `${text()}\n`;
      } catch (error) {
        fault = broken(number, error as RowError);
        return;
      }
    }
  }
  const records = pipeline(lines, parse({ ...dialect, info: true, relax_column_count: true, max_record_size: 1_000_000 }), () => undefined); // errors come out of the loop
  let names: readonly string[] | undefined;
  let linesBefore = 0;
  /** Places of blank lines, which are rows in files with one column, unless nothing follows them. */
  const blank: string[] = [];
  try {
    for await (const { record, info } of records as AsyncIterable<ParsedRecord>) {
      const place = `:${linesBefore + 1}`;
      linesBefore = info.lines;
      if (isBlank(record)) {
        if (names?.length === 1) blank.push(place);
      } else if (names) {
        const fields = names;
        yield* blank.splice(0).map((each) => ({ place: each, read: () => rowOf(fields, ['']) }));
        yield { place, read: () => rowOf(fields, record) };
      } else {
        names = record;
        const seen = new Set<string>();
        const repeated = names.find((name) => seen.size === seen.add(name).size);
        if (repeated !== undefined) yield broken(1, new RowError(`names the field "${repeated}" twice; name each once`));
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    fault ??= broken(Number(error.lines), new RowError(`is no row of separated values (${error.code}); quote cells as RFC 4180 has it, and double the quotation marks in them`));
  }
  if (fault) yield fault;
}

/** Whether a record is a blank line. */
const isBlank = (record: readonly string[]) => record.length === 1 && record[0].trim() === '';

/** A place at which there is no row, but an error. */
function broken(line: number, error: RowError): LocatedRow {
  return {
    place: `:${line}`,
    read: () => {
      throw error;
    },
  };
}

function rowOf(names: readonly string[], record: readonly string[]): Row {
  if (record.length !== names.length) throw new RowError(`has ${record.length} cells; give ${names.length}, one for each field of the first line`);
  return new Map(names.map((name, index) => [name, new Cell(record[index])]));
}
