import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { UnmaskError } from '@unmask/tensor-core';

/**
 * The first `limit` rows of a parquet file, values by column; 64-bit integers as numbers. Row groups past the limit are not read.
 * @throws UnmaskError `bad-file` when it cannot be read
 */
export async function readParquet(path: string, limit: number): Promise<Record<string, unknown>[]> {
  let rows: Record<string, unknown>[];
  try {
    const file = await asyncBufferFromFile(path);
    rows = await parquetReadObjects({ file, ...(limit === Infinity ? {} : { rowEnd: limit }) });
  } catch (cause) {
    const reason = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw new UnmaskError(`${path} is no valid parquet file (${reason}): delete it, and it is downloaded again`, { code: 'bad-file', cause });
  }
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])));
}
