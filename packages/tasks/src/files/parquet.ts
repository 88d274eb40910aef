import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { UnmaskError } from '@unmask/tensor-core';
import type { Row } from '../row.js';
import type { LocatedRow } from './located-row.js';

/**
 * The first `limit` rows of a parquet file, values by column; 64-bit integers as numbers. One row group is in memory at a time,
 * and none past the limit is read.
 * @param remedy what to do with a file that cannot be read
 * @throws UnmaskError `bad-file` when it cannot be read
 */
export async function* readParquet(path: string, limit: number, remedy: string): AsyncGenerator<LocatedRow> {
  const readable = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      const reason = (cause as Error).message.replaceAll(/\s+/g, ' ');
      throw new UnmaskError(`${path} is no valid parquet file (${reason}): ${remedy}`, { code: 'bad-file', cause });
    }
  };
  const file = await readable(() => asyncBufferFromFile(path));
  const metadata = await readable(() => parquetMetadataAsync(file));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = Math.min(limit, rowStart + Number(group.num_rows));
    const rows = await readable<Record<string, unknown>[]>(() => parquetReadObjects({ file, metadata, rowStart, rowEnd }));
    for (const row of rows) yield { place: `, row ${++rowStart},`, read: () => withNumbers(row) as Row };
    if (rowStart >= limit) return;
  }
}

/** A value with its 64-bit integers, also those in lists, as numbers. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withNumbers(item)]));
}
