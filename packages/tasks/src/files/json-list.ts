import { factsOf, readText, UnmaskError } from '@unmask/tensor-core';
import { jsonParts } from '../json-parts.js';
import { describe, jsonFields, Json, RowError } from '../row.js';
import type { LocatedRow } from './located-row.js';

/** Largest file, in bytes: it is read as a whole. */
const LARGEST = 200_000_000;

/** The rows of a file with one list of JSON objects. @throws UnmaskError for a file that is too large, or holds no list */
export async function* readJsonList(path: string): AsyncGenerator<LocatedRow> {
  const { size = 0 } = (await factsOf(path)) ?? {};
  if (size > LARGEST) throw new UnmaskError(`${path} has ${size} bytes, more than the ${LARGEST} of a list that is read as a whole: write it as JSON Lines, an object a line, .jsonl`, { code: 'bad-file' });
  const text = await readText(path);
  if (text === undefined) throw new UnmaskError(`cannot read ${path} (ENOENT); give a readable file`, { code: 'bad-data' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UnmaskError(`${path} is not valid JSON (${(cause as Error).message}): write a list of objects, or an object a line as .jsonl`, { code: 'bad-data', cause });
  }
  if (!Array.isArray(value)) throw new UnmaskError(`${path} holds ${describe(new Json(text.trim()))}: write a list of objects, or an object a line as .jsonl`, { code: 'bad-data' });
  let number = 0;
  for (const part of jsonParts(text)) {
    yield {
      place: `, row ${++number},`,
      read: () => {
        if (!part.text.startsWith('{')) throw new RowError(`is ${describe(new Json(part.text))}; write a list of objects`);
        return jsonFields(part.text);
      },
    };
  }
}
