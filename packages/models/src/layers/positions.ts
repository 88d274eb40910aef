import { fused, tf, UnmaskError } from '@unmask/tensor-core';
import type { TokenInputs } from '../model.js';

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

/**
 * The columns of the new tokens, after those of earlier places that the mask covers.
 * @param maxPositions rows of the table that they are looked up in
 * @returns int32 [T]
 * @throws UnmaskError when the table is too short
 */
export function columnsOf({ inputIds, attentionMask }: TokenInputs, maxPositions: number): tf.Tensor {
  return fused('UnmaskColumns', { inputIds, attentionMask }, {}, () => {
    const [length, end] = [inputIds.shape[1]!, attentionMask.shape[1]!];
    checkLength(end, maxPositions);
    return tf.range(end - length, end, 1, 'int32');
  });
}
