import { UnmaskError } from '@unmask/tensor-core';
import { join } from 'node:path';
import { checkLimit } from './limit.js';
import { type Line, readLines } from './lines.js';
import { parseRow, RowError } from './row.js';
import type { Example, Split, Task } from './task.js';

/** No row of a text task is near this size; a longer line is another kind of file. */
const MAXIMUM_LINE_BYTES = 1_000_000;

/** Options of {@link loadSplit}. */
export interface LoadOptions {
  /** Rows to read from the start of the file; all by default. */
  readonly limit?: number;
}

/**
 * Reads `<directory>/<task>/<split>.jsonl`: UTF-8, one JSON object a line with the task's text fields and `label`; other
 * fields are ignored. The file is read line by line and not past `limit` rows.
 * @throws UnmaskError `not-found` when there is no such file, `bad-data` (with file and line) for the first row that does not fit,
 * `bad-argument` for a limit that is not a whole number of at least 1
 */
export async function loadSplit(task: Task, directory: string, split: Split, { limit = Infinity }: LoadOptions = {}): Promise<Example[]> {
  checkLimit(limit);
  const path = join(directory, task.name, `${split}.jsonl`);
  const examples: Example[] = [];
  try {
    for await (const line of readLines(path, MAXIMUM_LINE_BYTES)) {
      examples.push(parseLine(task, path, line));
      if (examples.length >= limit) break;
    }
  } catch (error) {
    throw UnmaskError.isInstance(error) ? error : unreadable(path, task, split, error as NodeJS.ErrnoException);
  }
  if (examples.length === 0) throw new UnmaskError(`${path} has no rows; put at least one JSON object into it`, { code: 'bad-data' });
  return examples;
}

function parseLine(task: Task, path: string, { number, bytes, tooLong }: Line): Example {
  try {
    if (tooLong) throw new RowError(`is longer than ${MAXIMUM_LINE_BYTES} bytes; write one JSON object a line`);
    return parseRow(task, bytes);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    throw new UnmaskError(`${path}:${number} ${error.message}`, { code: 'bad-data', cause: error });
  }
}

/** What to tell of a file that the system does not let us read. */
function unreadable(path: string, task: Task, split: Split, error: NodeJS.ErrnoException): unknown {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new UnmaskError(`no file ${path}; give a folder that holds ${task.name}/${split}.jsonl, or generated data (synthetic)`, {
      code: 'not-found',
      cause: error,
    });
  }
  if (error.code === undefined) return error;
  return new UnmaskError(`cannot read ${path} (${error.code}); give a readable file of JSON lines`, { code: 'bad-data', cause: error });
}
