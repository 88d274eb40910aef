import { UnmaskError } from '@unmask/tensor-core';

/** A sequence's token ids and the segment of each. */
export interface Encoding {
  readonly ids: readonly number[];
  /** 0 for the first text, 1 for the second. */
  readonly types: readonly number[];
}

/** At which end short rows are padded: decoders that go on writing need it on the left. */
export type PaddingSide = 'left' | 'right';

/** Rows of token ids padded to the longest, row-major. */
export interface EncodedBatch {
  /** rows × columns ids. */
  readonly inputIds: Int32Array;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Int32Array;
  /** 0 for the first text, 1 for the second. */
  readonly tokenTypeIds: Int32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Pads rows to the longest.
 * @param padId what fills the rest; only needed where rows differ in length
 * @throws UnmaskError when it is needed and missing
 */
export function padRows(encodings: readonly Encoding[], padId: number | undefined, side: PaddingSide): EncodedBatch {
  const columns = Math.max(0, ...encodings.map(({ ids }) => ids.length));
  if (padId === undefined && encodings.some(({ ids }) => ids.length < columns)) {
    throw new UnmaskError('the tokenizer has neither a padding token nor an end token, so texts of different lengths make no batch: set pad_token in tokenizer_config.json', { code: 'unsupported' });
  }
  const fill = (padding: number, row: (encoding: Encoding) => readonly number[]) => {
    const values = new Int32Array(encodings.length * columns).fill(padding);
    encodings.forEach((encoding, index) => {
      const start = side === 'left' ? columns - encoding.ids.length : 0;
      values.set(row(encoding), index * columns + start);
    });
    return values;
  };
  return {
    inputIds: fill(padId ?? 0, ({ ids }) => ids),
    attentionMask: fill(0, ({ ids }) => ids.map(() => 1)),
    tokenTypeIds: fill(0, ({ types }) => types),
    rows: encodings.length,
    columns,
  };
}
