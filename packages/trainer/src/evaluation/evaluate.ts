import type { TransformerModel } from '@unmask/models';
import type { AnswerOf, ClassificationTask, RegressionTask, TokenClassificationTask } from '@unmask/tasks';
import { hostValues, nextTurn, tf } from '@unmask/tensor-core';
import type { EncodedExample } from '../encoding/encoded.js';
import { collate, disposeBatch } from '../encoding/text-batches.js';

/** A task whose answers are read off a model's logits. */
export type LogitTask = ClassificationTask | RegressionTask | TokenClassificationTask;

/**
 * The model's answers for every example, in their order: class ids, or scores for a regression task; of token classification
 * the class ids of its words, 0 for words that were cut off. Examples of like length share a batch, so little is padded.
 */
export function predict<T extends LogitTask>(
  model: TransformerModel,
  task: T,
  examples: readonly EncodedExample[],
  batchSize: number,
  onProgress?: (done: number) => void,
): Promise<AnswerOf<T>[]> {
  return readLogits(model, examples, batchSize, (example, logits, classes) => answerOf(task, example, logits, classes) as AnswerOf<T>, onProgress);
}

/**
 * What is read off the logits of every example, in their order.
 * @param read takes an example and its logits, row after row, `classes` to a row; they are borrowed
 */
export async function readLogits<Value>(
  model: TransformerModel,
  examples: readonly EncodedExample[],
  batchSize: number,
  read: (example: EncodedExample, logits: Float32Array, classes: number) => Value,
  onProgress?: (done: number) => void,
): Promise<Value[]> {
  const byLength = examples.map((_, index) => index).sort((a, b) => examples[a].inputIds.length - examples[b].inputIds.length);
  const found = new Array<Value>(examples.length);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const indices = byLength.slice(start, start + batchSize);
    const batch = collate(examples, indices);
    const logits = tf.tidy(() => model.forward(batch)); // [B, C] or [B, T, C]
    const [values, classes] = [hostValues(logits), logits.shape.at(-1)!];
    const perExample = values.length / indices.length;
    indices.forEach((example, row) => {
      found[example] = read(examples[example], values.subarray(row * perExample, (row + 1) * perExample), classes);
    });
    logits.dispose();
    disposeBatch(batch);
    onProgress?.(start + indices.length);
    await nextTurn(); // so that progress shows
  }
  return found;
}

/** What the logits of one example say. */
function answerOf({ kind }: LogitTask, { rows }: EncodedExample, logits: Float32Array, classes: number): number | number[] {
  if (kind === 'regression') return logits[0];
  const chosen = rows.map((row) => (row < 0 ? 0 : largest(logits.subarray(row * classes, (row + 1) * classes))));
  return kind === 'classification' ? chosen[0] : chosen;
}

/** The index of the largest value, −1 where some are no numbers. */
function largest(values: ArrayLike<number>): number {
  const all = Array.from(values);
  return all.indexOf(Math.max(...all));
}
