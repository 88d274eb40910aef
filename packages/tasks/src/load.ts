import { exampleOf } from './example.js';
import { findSplit } from './files/index.js';
import { readLocated } from './files/located-row.js';
import { readRows } from './files/read-rows.js';
import { checkLimit } from './limit.js';
import type { ExampleOf, Split, PublishedTask } from './task.js';

/** Options of {@link loadSplit}. */
export interface LoadOptions {
  /** Rows to read from the start of the file; all by default. */
  readonly limit?: number;
}

/**
 * Reads a split from `<directory>/<task>/<split>`, with one of these extensions. Fields that the task does not know are
 * ignored, and nothing is read past `limit` rows (but for the rest of a parquet row group).
 * - `.jsonl`: UTF-8, one JSON object a line.
 * - `.csv` (RFC 4180) and `.tsv` (without quoting): UTF-8, the fields' names in the first line. Cells of fields that hold no
 *   texts are JSON: `1`, `[0, 3]`.
 * - `.parquet`.
 * @throws UnmaskError `not-found` when there is no such file, `bad-data` (with file and line) for the first row that does not fit,
 * `bad-file` for a parquet file that cannot be read, `bad-argument` for a limit that is not a whole number of at least 1
 */
export async function loadSplit<T extends PublishedTask>(task: T, directory: string, split: Split, { limit = Infinity }: LoadOptions = {}): Promise<ExampleOf<T>[]> {
  checkLimit(limit);
  const { path, rows } = await findSplit(task, directory, split);
  const examples: ExampleOf<T>[] = [];
  for await (const row of readRows(path, rows(limit), limit)) examples.push(readLocated(path, row, (values) => exampleOf(task, values)));
  return examples;
}
