import { type tf, UnmaskError } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs } from '../model.js';

/** Which columns of a batch hold tokens, on the host. */
export interface TokenMask {
  /** Sequences; 1 where no row is padded, since all are alike then. */
  readonly rows: number;
  /** Earlier tokens, then new ones. */
  readonly columns: number;
  /** Row by row, 1 for a token and 0 for padding. */
  readonly marks: Int32Array;
}

/**
 * Reads a decoder's attention mask.
 * @throws UnmaskError when it does not cover the cached and the new tokens
 */
export function readTokenMask({ inputIds, attentionMask }: TokenInputs, { cache }: ForwardOptions): TokenMask {
  const [rows, columns] = attentionMask.shape as [number, number];
  const [earlier, length] = [cache?.length ?? 0, inputIds.shape[1]!];
  if (columns !== earlier + length) {
    throw new UnmaskError(`the attention mask has ${columns} columns for ${earlier} cached and ${length} new tokens: give it one for each`);
  }
  const marks = attentionMask.dataSync<'int32'>();
  return marks.includes(0) ? { rows, columns, marks } : { rows: 1, columns, marks: marks.subarray(0, columns) };
}

/**
 * The position of each of the last `length` columns: how many tokens its row holds before it, so that padding at the left
 * moves nothing. Padding before the first token has position 0.
 * @returns row by row, [rows, length]
 */
export function positionIds({ rows, columns, marks }: TokenMask, length: number): Int32Array {
  const positions = new Int32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    let seen = 0;
    for (let column = 0; column < columns; column++) {
      seen += marks[row * columns + column];
      const index = column - (columns - length);
      if (index >= 0) positions[row * length + index] = Math.max(0, seen - 1);
    }
  }
  return positions;
}

/** How many positions a table must have that is read at these. */
export function countPositions(positions: Int32Array): number {
  return positions.reduce((last, position) => Math.max(last, position), 0) + 1;
}

/** The column of each row's last token, wherever its padding is; 0 in a row of padding alone. */
export function lastTokens(attentionMask: tf.Tensor): number[] {
  const [rows, columns] = attentionMask.shape as [number, number];
  const marks = attentionMask.dataSync<'int32'>();
  return Array.from({ length: rows }, (_, row) => Math.max(0, marks.subarray(row * columns, (row + 1) * columns).lastIndexOf(1)));
}
