import { joinPath, mountFiles } from '@unmask/tensor-core';
import { rowsOf } from '../files/index.js';
import type { FileOptions, LocatedRow } from '../files/located-row.js';
import { describe, type Fields, RowError } from '../row.js';

/** Rows to train on, to measure with or to answer: the path of a file (CSV, TSV, JSON Lines, parquet), such a file itself, as a page has it, or the rows, each an object of columns and values. */
export type Rows = string | File | Iterable<Fields> | AsyncIterable<Fields>;

/** What rows are called in messages: by their file, or `otherwise`. */
export function nameOfRows(rows: Rows, otherwise = 'data'): string {
  if (typeof rows === 'string') return rows;
  return rows instanceof File ? rows.name : otherwise;
}

/** The rows one by one. They need not be read on after `limit` rows. @throws UnmaskError `unsupported` for a file whose extension is not known */
export function locatedRows(rows: Rows, limit: number, options: FileOptions): AsyncIterable<LocatedRow> {
  if (typeof rows === 'string') return rowsOf(rows, limit, options);
  return rows instanceof File ? rowsOfFile(rows, limit, options) : rowsInMemory(rows);
}

async function* rowsOfFile(file: File, limit: number, options: FileOptions): AsyncGenerator<LocatedRow> {
  const { folder, unmount } = mountFiles([file]);
  try {
    yield* rowsOf(joinPath(folder, file.name), limit, options);
  } finally {
    unmount();
  }
}

async function* rowsInMemory(rows: Iterable<Fields> | AsyncIterable<Fields>): AsyncGenerator<LocatedRow> {
  let number = 0;
  for await (const row of rows) {
    yield {
      place: `, row ${++number},`,
      read: () => {
        if (typeof row !== 'object' || (row as Fields | null) === null || Array.isArray(row)) throw new RowError(`is ${describe(row)}; give an object of columns and values`);
        return new Map(Object.entries(row));
      },
    };
  }
}
