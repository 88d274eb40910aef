import type { TransformerModel } from '@unmask/models';
import { labelLogProbabilities, nextTurn, reshape, tf } from '@unmask/tensor-core';
import { type EncodedExample, lengthOf } from '../../encoding/encoded.js';
import { collate, disposeBatch, targetsOf, type TextBatch } from '../../encoding/text-batches.js';

/** How a language model reads a sequence, of those tokens that are labels. */
export interface SequenceReading {
  /** Sum of the logarithms of their probabilities. */
  readonly logProbability: number;
  readonly tokens: number;
  /** Of how many the model holds them for the likeliest. */
  readonly likeliest: number;
}

/** The logarithms of the probabilities of a batch's labels. @param logits [R, T, V] @returns [R·T], 0 where there is no label */
export const labelProbabilities = (logits: tf.Tensor, batch: TextBatch): tf.Tensor =>
  labelLogProbabilities(reshape(logits, [-1, logits.shape[2]!]), tf.tensor1d(targetsOf(batch), 'int32'));

/** How a language model reads each sequence of each example. Examples of like length share a batch. */
export async function readSequences(model: TransformerModel, examples: readonly EncodedExample[], batchSize: number, onProgress?: (done: number) => void): Promise<SequenceReading[][]> {
  const byLength = [...examples.keys()].sort((a, b) => lengthOf(examples[a]) - lengthOf(examples[b]));
  const found = new Array<SequenceReading[]>(examples.length);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const indices = byLength.slice(start, start + batchSize);
    const batch = collate(examples, indices);
    const logits = tf.tidy(() => model.forward(batch));
    const rows = readBatch(logits, batch);
    logits.dispose();
    let row = 0;
    for (const index of indices) found[index] = rows.slice(row, (row += 1 + (examples[index].others?.length ?? 0)));
    disposeBatch(batch);
    onProgress?.(start + indices.length);
    await nextTurn(); // so that progress shows
  }
  return found;
}

function readBatch(logits: tf.Tensor, batch: TextBatch): SequenceReading[] {
  const [sequences, columns] = [logits.shape[0], logits.shape[1]!];
  const targets = targetsOf(batch);
  const [probabilities, best] = [labelProbabilities(logits, batch), tf.argMax<tf.Tensor>(logits, 2)];
  const [values, likeliest] = [probabilities.dataSync<'float32'>(), best.dataSync<'int32'>()];
  tf.dispose([probabilities, best]);
  return Array.from({ length: sequences }, (_, sequence) => {
    let [logProbability, tokens, right] = [0, 0, 0];
    for (let place = sequence * columns; place < (sequence + 1) * columns; place++) {
      if (targets[place] < 0) continue;
      logProbability += values[place];
      tokens++;
      if (likeliest[place] === targets[place]) right++;
    }
    return { logProbability, tokens, likeliest: right };
  });
}
