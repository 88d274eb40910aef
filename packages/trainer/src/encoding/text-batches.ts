import { epochBatches } from '@unmask/tasks';
import { type Random, tf } from '@unmask/tensor-core';
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
  /** Labels that the batch's mean loss is over. */
  readonly labels: number;
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
    labels: examples.reduce((sum, { rows }) => sum + rows.filter((row) => row >= 0).length, 0),
  };
}

/** Frees a batch's tensors. */
export function disposeBatch(batch: TextBatch): void {
  tf.dispose([batch.inputIds, batch.attentionMask, batch.tokenTypeIds]);
}

/** How examples are dealt out to steps. */
export interface TrainingBatchesOptions {
  /** Examples a batch. */
  readonly batchSize: number;
  /** Batches a step. */
  readonly accumulate: number;
  /** Steps already made. */
  readonly done: number;
  /** Steps of the whole training. */
  readonly steps: number;
}

/**
 * The batches of each step from `done` + 1 to `steps`, over as many epochs as it takes; they are freed when the next ones are
 * asked for. The order depends on `random` alone, so a resumed run sees what it would have seen; and the examples of a step
 * are the same however they are shared out to batches.
 */
export function* trainingBatches(examples: readonly EncodedExample[], { batchSize, accumulate, done, steps }: TrainingBatchesOptions, random: Random): Generator<readonly TextBatch[]> {
  const lengths = examples.map((example) => example.inputIds.length);
  let step = 0;
  while (step < steps) {
    for (const indices of epochBatches(lengths, batchSize * accumulate, random)) {
      if (step++ >= steps) return;
      if (step <= done) continue;
      const batches = Array.from({ length: Math.ceil(indices.length / batchSize) }, (_, part) => collate(examples, indices.slice(part * batchSize, (part + 1) * batchSize)));
      try {
        yield batches;
      } finally {
        batches.forEach(disposeBatch);
      }
    }
  }
}
