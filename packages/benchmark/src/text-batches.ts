import { tf } from '@unmask/tensor-core';
import type { EncodedExample } from './encode.js';

/** Padded int32 tensors of a batch of B examples, the longest of which has T tokens. */
export interface TextBatch {
  /** [B, T] */
  readonly inputIds: tf.Tensor;
  /** [B, T]; 1 for tokens, 0 for padding. */
  readonly attentionMask: tf.Tensor;
  /** [B, T]; 0 for the first text, 1 for the second. */
  readonly tokenTypeIds: tf.Tensor;
  /** The B examples. */
  readonly examples: readonly EncodedExample[];
}

/** Pads the chosen examples to the longest of them. Padding ids are 0; the attention mask hides them. */
export function collate(encoded: readonly EncodedExample[], indices: Iterable<number>): TextBatch {
  const examples = Array.from(indices, (index) => encoded[index]);
  const columns = Math.max(...examples.map((example) => example.inputIds.length));
  const pad = (row: (example: EncodedExample) => Int32Array) => {
    const values = new Int32Array(examples.length * columns);
    examples.forEach((example, index) => values.set(row(example), index * columns));
    return tf.tensor2d(values, [examples.length, columns], 'int32');
  };
  return {
    inputIds: pad((example) => example.inputIds),
    attentionMask: pad((example) => new Int32Array(example.inputIds.length).fill(1)),
    tokenTypeIds: pad((example) => example.tokenTypeIds),
    examples,
  };
}

/** Frees a batch's tensors. */
export function disposeBatch(batch: TextBatch): void {
  tf.dispose([batch.inputIds, batch.attentionMask, batch.tokenTypeIds]);
}
