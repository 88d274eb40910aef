import { fused, takeTokens, tf, UnmaskError } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs } from '../model.js';
import { checkLength } from './positions.js';

/** Which columns of a batch hold tokens, and of which text: earlier ones, then new ones. What the host computes of it is read when it is needed. */
export class TokenMask {
  /** inputIds [B, T] and attentionMask [B, S], the number of its text for a token and 0 for padding */
  readonly tensors: { readonly inputIds: tf.Tensor; readonly attentionMask: tf.Tensor };
  #marks: Int32Array | undefined;

  constructor({ inputIds, attentionMask }: TokenInputs) {
    this.tensors = { inputIds, attentionMask };
  }

  /** New tokens of each row, T. */
  get length(): number {
    return this.tensors.inputIds.shape[1]!;
  }

  /** Earlier and new tokens, S. */
  get columns(): number {
    return this.tensors.attentionMask.shape[1]!;
  }

  /** Row by row; the first row alone where all tokens are of one text and no row is padded, since all are alike then. */
  get marks(): Int32Array {
    if (this.#marks) return this.#marks;
    const marks = this.tensors.attentionMask.dataSync<'int32'>();
    return (this.#marks = marks.every((mark) => mark === 1) ? marks.subarray(0, this.columns) : marks);
  }

  /** Rows of `marks`. */
  get rows(): number {
    return this.marks.length / this.columns;
  }
}

/**
 * Takes a decoder's attention mask.
 * @throws UnmaskError when it does not cover the cached and the new tokens
 */
export function tokenMask(inputs: TokenInputs, { cache }: ForwardOptions): TokenMask {
  const tokens = new TokenMask(inputs);
  const { columns, length } = tokens;
  const earlier = cache?.length ?? 0;
  if (columns === earlier + length) return tokens;
  throw new UnmaskError(`the attention mask has ${columns} columns for ${earlier} cached and ${length} new tokens: give it one for each`);
}

/**
 * The position of each new token: how many tokens of its text its row holds before it, so that padding at the left
 * moves nothing. Padding before the first token has position 0.
 * @param maxPositions rows of the table that the positions are looked up in, if there is one
 * @returns int32 [B, T], or [1, T] where all rows are alike
 * @throws UnmaskError when a position is beyond the table
 */
export function positionIds(tokens: TokenMask, maxPositions = Infinity): tf.Tensor {
  return fused('UnmaskPositions', tokens.tensors, {}, () => {
    const { rows, columns, length, marks } = tokens;
    const positions = new Int32Array(rows * length);
    for (let row = 0; row < rows; row++) {
      let [seen, text] = [0, 0];
      for (let column = 0; column < columns; column++) {
        const mark = marks[row * columns + column];
        if (mark !== 0) {
          seen = mark === text ? seen + 1 : 1;
          text = mark;
        }
        const index = column - (columns - length);
        if (index >= 0) positions[row * length + index] = Math.max(0, seen - 1);
      }
    }
    checkLength(countPositions(positions), maxPositions);
    return tf.tensor2d(positions, [rows, length], 'int32');
  });
}

/** How many positions a table must have that is read at these. */
export function countPositions(positions: Int32Array): number {
  return positions.reduce((last, position) => Math.max(last, position), 0) + 1;
}

/**
 * The last token of each row, wherever its padding is; the first column of a row of padding alone.
 * @param x [B, T, h]
 * @param attentionMask [B, T]
 * @returns [B, h]
 */
export function takeLastToken(x: tf.Tensor, attentionMask: tf.Tensor): tf.Tensor {
  return fused('UnmaskLastToken', { x, attentionMask }, {}, () => {
    const [batch, columns] = attentionMask.shape as [number, number];
    const marks = attentionMask.dataSync<'int32'>();
    return takeTokens(x, Array.from({ length: batch }, (_, row) => Math.max(0, marks.subarray(row * columns, (row + 1) * columns).lastIndexOf(1))));
  });
}
