import type { Task } from '@unmask/tasks';
import { crossEntropy, type CrossEntropyOptions, meanSquaredError, reshape, tf } from '@unmask/tensor-core';
import { targetsOf, type TextBatch } from './text-batches.js';

/**
 * What a batch's logits are from its labels: mean squared error of scores, mean cross entropy of classes, whether of
 * sequences, words or next tokens.
 * @param logits [B, C] or [B, T, C]
 * @returns a scalar
 */
export function batchLoss({ kind }: Pick<Task, 'kind'>, logits: tf.Tensor, batch: TextBatch, options: CrossEntropyOptions = {}): tf.Tensor {
  if (kind === 'regression') return meanSquaredError(logits, tf.tensor1d(batch.examples.map(({ labels }) => labels[0])));
  return crossEntropy(reshape(logits, [-1, logits.shape.at(-1)!]), tf.tensor1d(targetsOf(batch, logits.rank === 3 ? logits.shape[1]! : 1), 'int32'), options);
}
