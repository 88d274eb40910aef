import { describe, jsonFields, type Row, RowError } from '../row.js';
import type { FileOptions, LocatedRow } from './located-row.js';
import { readTextLines } from './text-lines.js';

/** The rows of a file with one JSON object a line; blank lines are none. */
export async function* readJsonLines(path: string, _: number, options: FileOptions): AsyncGenerator<LocatedRow> {
  for await (const line of readTextLines(path, options)) if (!line.isBlank) yield { place: `:${line.number}`, read: () => parseObject(line.text()) };
}

function parseObject(text: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RowError('is not valid JSON; write one JSON object a line');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowError(`holds ${describe(value)}; write one JSON object a line`);
  }
  return jsonFields(text);
}
