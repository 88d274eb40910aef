import { UnmaskError } from '@unmask/tensor-core';

/**
 * Refuses sequences that a table of positions is too short for.
 * @param length tokens of the longest sequence
 * @param rows of the table
 * @param reserved rows at its start that stand for no token
 * @throws UnmaskError
 */
export function checkLength(length: number, rows: number, reserved = 0): void {
  if (length <= rows - reserved) return;
  const why = reserved > 0 ? ` (its table has ${rows}, the first ${reserved} of which are for padding)` : '';
  throw new UnmaskError(`a sequence of ${length} tokens is longer than the model's ${rows - reserved} positions${why}: truncate it (--max-length)`);
}
