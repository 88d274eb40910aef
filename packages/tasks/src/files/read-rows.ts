import { UnmaskError } from '@unmask/tensor-core';
import type { LocatedRow } from './located-row.js';

/**
 * The first `limit` rows of a file, of which there must be one.
 * @throws UnmaskError `bad-data` when the file cannot be read or has no rows
 */
export async function* readRows(path: string, rows: AsyncIterable<LocatedRow>, limit: number): AsyncGenerator<LocatedRow> {
  let count = 0;
  try {
    for await (const row of rows) {
      yield row;
      if (++count >= limit) return;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (UnmaskError.isInstance(error) || code === undefined) throw error;
    throw new UnmaskError(`cannot read ${path} (${code}); give a readable file`, { code: 'bad-data', cause: error });
  }
  if (count === 0) throw new UnmaskError(`${path} has no rows; put at least one into it`, { code: 'bad-data' });
}
