import { isOnDisk, UnmaskError } from '@unmask/tensor-core';
import { Json } from '../../row.js';
import type { LocatedRow } from '../located-row.js';
import { decodeApart } from './decode-apart.js';
import { decodeHere } from './decode-here.js';

/**
 * The first `limit` rows of a parquet file: texts, dates and times as texts, other values as {@link Json}. A file of the disk is
 * decoded in a process of its own, whose memory and time are limited; others, as in a browser, are decoded here. One row group
 * is in memory at a time, and none past the limit is read.
 * @param remedy what to do with a file that cannot be read
 * @throws UnmaskError `bad-file` when it cannot be read
 */
export async function* readParquet(path: string, limit: number, remedy: string): AsyncGenerator<LocatedRow> {
  let number = 0;
  try {
    for await (const { names, rows } of (isOnDisk(path) ? decodeApart : decodeHere)(path, limit)) {
      for (const row of rows) yield { place: `, row ${++number},`, read: () => new Map(names.map((name, index) => [name, valueOf(row[index])])) };
    }
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    throw new UnmaskError(`${path} is no valid parquet file (${(cause as Error).message}): ${remedy}`, { code: 'bad-file', cause });
  }
}

const valueOf = (written: string | readonly [json: string]) => (typeof written === 'string' ? written : new Json(written[0]));
