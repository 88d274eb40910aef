import type { Task } from '@unmask/tasks';
import { crossEntropy, meanSquaredError, reshape, tf } from '@unmask/tensor-core';
import type { TextBatch } from './text-batches.js';

/** The label of rows that answer nothing: special tokens, padding, all tokens of a word but its first. */
const IGNORED = -100;

/**
 * What a batch's logits are from its labels: mean squared error of scores, mean cross entropy of classes, whether of
 * sequences, words or next tokens.
 * @param logits [B, C] or [B, T, C]
 * @returns a scalar
 */
export function batchLoss(task: Task, logits: tf.Tensor, { examples }: TextBatch): tf.Tensor {
  if (task.kind === 'regression') return meanSquaredError(logits, tf.tensor1d(examples.map(({ labels }) => labels[0])));
  const [classes, perExample] = [logits.shape.at(-1)!, logits.rank === 3 ? logits.shape[1]! : 1];
  const targets = new Int32Array(examples.length * perExample).fill(IGNORED);
  examples.forEach(({ labels, rows }, example) =>
    rows.forEach((row, index) => {
      if (row >= 0) targets[example * perExample + row] = labels[index];
    }),
  );
  return crossEntropy(reshape(logits, [-1, classes]), tf.tensor1d(targets, 'int32'));
}
