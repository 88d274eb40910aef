import { epochBatches } from '@unmask/tasks';
import { type Random, tf } from '@unmask/tensor-core';
import { type EncodedExample, lengthOf, sequencesOf } from './encoded.js';

/** The label of rows that answer nothing: special tokens, padding, all tokens of a word but its first. */
const IGNORED = -100;

/** Padded int32 tensors of a batch of B sequences, the longest of which has T tokens. */
export interface TextBatch {
  /** [B, T] */
  readonly inputIds: tf.Tensor;
  /** [B, T]; for a token 1, or where a sequence is of several texts the number of its text; 0 for padding. */
  readonly attentionMask: tf.Tensor;
  /** [B, T]; 0 for the first text, 1 for the second. */
  readonly tokenTypeIds: tf.Tensor;
  /** The B sequences: those of an example one after another. */
  readonly sequences: readonly EncodedExample[];
  readonly examples: readonly EncodedExample[];
  /** Labels that the batch's mean loss is over. */
  readonly labels: number;
}

/** Pads the sequences of the chosen examples to the longest of them. Padding ids are 0; the attention mask hides them. */
export function collate(encoded: readonly EncodedExample[], indices: Iterable<number>): TextBatch {
  const examples = Array.from(indices, (index) => encoded[index]);
  const sequences = examples.flatMap(sequencesOf);
  const columns = Math.max(...sequences.map(({ inputIds }) => inputIds.length));
  const pad = (row: (sequence: EncodedExample) => Int32Array) => {
    const values = new Int32Array(sequences.length * columns);
    sequences.forEach((sequence, index) => values.set(row(sequence), index * columns));
    return tf.tensor2d(values, [sequences.length, columns], 'int32');
  };
  return {
    inputIds: pad((example) => example.inputIds),
    attentionMask: pad(({ inputIds, texts }) => texts ?? new Int32Array(inputIds.length).fill(1)),
    tokenTypeIds: pad((example) => example.tokenTypeIds),
    sequences,
    examples,
    labels: sequences.reduce((sum, { rows }) => sum + rows.filter((row) => row >= 0).length, 0),
  };
}

/** The label of each row of a batch's logits, −100 for those without one. @param perSequence rows that a sequence has; by default one a token */
export function targetsOf({ sequences, inputIds }: TextBatch, perSequence = inputIds.shape[1]!): Int32Array {
  const targets = new Int32Array(sequences.length * perSequence).fill(IGNORED);
  sequences.forEach(({ labels, rows }, sequence) =>
    rows.forEach((row, index) => {
      if (row >= 0) targets[sequence * perSequence + row] = labels[index];
    }),
  );
  return targets;
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
  const lengths = examples.map(lengthOf);
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
