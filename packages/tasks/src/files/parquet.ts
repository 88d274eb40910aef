import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { UnmaskError } from '@unmask/tensor-core';
import type { Row } from '../row.js';
import type { LocatedRow } from './located-row.js';

/**
 * The first `limit` rows of a parquet file, values by column; 64-bit integers as numbers. Row groups past the limit are not read.
 * @param remedy what to do with a file that cannot be read
 * @throws UnmaskError `bad-file` when it cannot be read
 */
export async function readParquet(path: string, limit: number, remedy: string): Promise<LocatedRow[]> {
  let rows: Record<string, unknown>[];
  try {
    const file = await asyncBufferFromFile(path);
    rows = await parquetReadObjects({ file, ...(limit === Infinity ? {} : { rowEnd: limit }) });
  } catch (cause) {
    const reason = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw new UnmaskError(`${path} is no valid parquet file (${reason}): ${remedy}`, { code: 'bad-file', cause });
  }
  return rows.map((row, index) => ({ place: `, row ${index + 1},`, read: () => withNumbers(row) as Row }));
}

/** A value with its 64-bit integers, also those in lists, as numbers. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withNumbers(item)]));
}
