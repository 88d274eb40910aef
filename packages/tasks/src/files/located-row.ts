import { UnmaskError } from '@unmask/tensor-core';
import { type Row, RowError } from '../row.js';

/** How a file is written, where that is not plain to see. */
export interface FileOptions {
  /** What stands between the cells of separated values: by the first line of .csv when left out, a tab in .tsv. */
  readonly delimiter?: string | undefined;
  /** How text is written: `utf-8`, `utf-16le`, `utf-16be` or `latin1`; by the first bytes when left out. */
  readonly encoding?: string | undefined;
}

/** A row of a file, with what an error needs to find it. */
export interface LocatedRow {
  /** Where it is, as it follows the path: `:3`, or `, row 3,`. */
  readonly place: string;
  /** Reads it. @throws RowError when it is no row */
  readonly read: () => Row;
}

/** Reads something of a row. @throws UnmaskError `bad-data` in place of a RowError, with file and place */
export function readLocated<T>(path: string, { place, read }: LocatedRow, use: (row: Row) => T): T {
  try {
    return use(read());
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    throw new UnmaskError(`${path}${place} ${error.message}`, { code: 'bad-data', cause: error });
  }
}
