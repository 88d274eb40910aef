import type { TransformerModel } from '@unmask/models';
import type { Task } from '@unmask/tasks';
import { hostValues, tf } from '@unmask/tensor-core';
import { collate, disposeBatch, type EncodedExample } from './text-batches.js';

/**
 * The model's answers for every example, in their order: class ids, or scores for a regression task.
 * Examples of like length share a batch, so little is padded.
 */
export function predict(
  model: TransformerModel,
  task: Task,
  examples: readonly EncodedExample[],
  batchSize: number,
  onProgress?: (done: number) => void,
): Float32Array {
  const byLength = examples.map((_, index) => index).sort((a, b) => examples[a].inputIds.length - examples[b].inputIds.length);
  const answers = new Float32Array(examples.length);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const indices = byLength.slice(start, start + batchSize);
    const batch = collate(examples, indices);
    const logits = tf.tidy(() => model.forward(batch)); // [B, C]
    const values = hostValues(logits);
    const classes = values.length / indices.length;
    indices.forEach((example, row) => {
      const scores = values.subarray(row * classes, (row + 1) * classes);
      answers[example] = task.kind === 'regression' ? scores[0] : scores.indexOf(Math.max(...scores));
    });
    logits.dispose();
    disposeBatch(batch);
    onProgress?.(start + indices.length);
  }
  return answers;
}
