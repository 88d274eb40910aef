import type { Tokenizer } from '@unmask/models';
import type { Example } from '@unmask/tasks';
import { tf } from '@unmask/tensor-core';

/** An example as token ids, not padded. */
export interface EncodedExample {
  readonly inputIds: Int32Array;
  readonly tokenTypeIds: Int32Array;
  /** Class id or score. */
  readonly label: number;
}

/** Padded int32 tensors of a batch of B examples, the longest of which has T tokens. */
export interface TextBatch {
  /** [B, T] */
  readonly inputIds: tf.Tensor;
  /** [B, T]; 1 for tokens, 0 for padding. */
  readonly attentionMask: tf.Tensor;
  /** [B, T]; 0 for the first text, 1 for the second. */
  readonly tokenTypeIds: tf.Tensor;
  /** B class ids or scores. */
  readonly labels: readonly number[];
}

/** Tokenizes every example once. @param maxLength in tokens, special ones included */
export function encodeExamples(tokenizer: Tokenizer, examples: readonly Example[], maxLength: number): EncodedExample[] {
  return examples.map(({ texts, label }) => {
    const { inputIds, tokenTypeIds } = tokenizer.encodeBatch([texts], { maxLength });
    return { inputIds, tokenTypeIds, label };
  });
}

/** Pads the chosen examples to the longest of them. Padding ids are 0; the attention mask hides them. */
export function collate(examples: readonly EncodedExample[], indices: Iterable<number>): TextBatch {
  const chosen = Array.from(indices, (index) => examples[index]);
  const columns = Math.max(...chosen.map((example) => example.inputIds.length));
  const pad = (row: (example: EncodedExample) => Int32Array) => {
    const values = new Int32Array(chosen.length * columns);
    chosen.forEach((example, index) => values.set(row(example), index * columns));
    return tf.tensor2d(values, [chosen.length, columns], 'int32');
  };
  return {
    inputIds: pad((example) => example.inputIds),
    attentionMask: pad((example) => new Int32Array(example.inputIds.length).fill(1)),
    tokenTypeIds: pad((example) => example.tokenTypeIds),
    labels: chosen.map((example) => example.label),
  };
}

/** Frees a batch's tensors. */
export function disposeBatch(batch: TextBatch): void {
  tf.dispose([batch.inputIds, batch.attentionMask, batch.tokenTypeIds]);
}
