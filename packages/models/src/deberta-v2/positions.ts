import { fused, tf } from '@unmask/tensor-core';
import type { RelativeAttentionConfig } from './config.js';

/** The rows of the relative embeddings that sequences of T tokens need. */
export interface RelativeRows {
  /** The first row that is needed. */
  readonly first: number;
  /** How many rows are needed, one after the other. */
  readonly count: number;
  /** [2T]: entry r is the row, from `first` on, of a key at the offset r − T from its query. */
  readonly fromQueries: Int32Array;
  /** [2T]: entry r is the row, from `first` on, of a query at the offset r − T from its key. */
  readonly fromKeys: Int32Array;
}

/** The rows for sequences of `length` tokens. */
export function relativeRows(length: number, config: RelativeAttentionConfig): RelativeRows {
  const rows = Int32Array.from({ length: 2 * length + 1 }, (_, index) => relativeRow(index - length, config)); // distances −T to T
  const [first, last] = [rows[0], rows[2 * length]];
  const fromFirst = rows.map((row) => row - first);
  // A distance counts from the key to the query, so it is the offset that a key sees, and the negative of what a query sees.
  return { first, count: last - first + 1, fromQueries: fromFirst.toReversed().subarray(0, -1), fromKeys: fromFirst.subarray(0, -1) };
}

/**
 * {@link relativeRows} as tensors of int32, of any length up to `longest` for an engine that has them as one operation.
 * @param x [B, T, h]
 * @returns the rows that are needed [R], and which of them each offset takes, fromQueries and fromKeys [2T]
 */
export function relativeTensors(x: tf.Tensor, config: RelativeAttentionConfig, longest: number): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const tensor = (values: Int32Array) => tf.tensor1d(values, 'int32');
  const all = relativeRows(longest, config);
  const fromStart = (values: Int32Array) => tensor(values.map((row) => row + all.first));
  const tables = { fromQueries: fromStart(all.fromQueries), fromKeys: fromStart(all.fromKeys) };
  return fused<[tf.Tensor, tf.Tensor, tf.Tensor]>('UnmaskRelativeRows', { x, ...tables }, { rows: 2 * config.span }, () => {
    const { first, count, fromQueries, fromKeys } = relativeRows(x.shape[1]!, config);
    return [tf.range(first, first + count, 1, 'int32'), tensor(fromQueries), tensor(fromKeys)];
  });
}

/** The row for a query `distance` tokens after its key (HF modeling_deberta_v2.py, disentangled_attention_bias). */
export function relativeRow(distance: number, { buckets, maxDistance, span }: RelativeAttentionConfig): number {
  const position = buckets === undefined ? distance : bucketOf(distance, buckets, maxDistance);
  return Math.min(Math.max(position + span, 0), 2 * span - 1);
}

/**
 * Small distances as they are, larger ones in buckets of logarithmic width (make_log_bucket_position). Each step is
 * rounded to float32 as in PyTorch, so that distances at a bucket's edge fall to the same side.
 */
function bucketOf(distance: number, buckets: number, maxDistance: number): number {
  const middle = Math.floor(buckets / 2);
  if (Math.abs(distance) <= middle) return distance;
  const logarithm = (size: number) => Math.fround(Math.log(Math.fround(size / middle)));
  const share = Math.fround(logarithm(Math.abs(distance)) / logarithm(maxDistance - 1));
  return Math.sign(distance) * (Math.ceil(Math.fround(share * (middle - 1))) + middle);
}
