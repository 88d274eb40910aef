import type { OnBadRow } from '@unmask/tasks';

/** Rows that are named; of others only their number is said. */
const NAMED = 20;

/**
 * Reads rows of a file, those that do not fit being passed over if need be, and says which they were.
 * @param read is given nothing where such rows are an error
 */
export async function noteBadRows<T>(path: string, skips: boolean, onNote: (note: string) => void, read: (onBadRow: OnBadRow | undefined) => Promise<T>): Promise<T> {
  if (!skips) return read(undefined);
  let count = 0;
  const result = await read((problem) => {
    if (++count <= NAMED) onNote(problem);
  });
  if (count > 0) onNote(`${count} rows of ${path} do not fit: they are passed over`);
  return result;
}
