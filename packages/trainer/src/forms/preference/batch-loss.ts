import type { PreferenceTask } from '@unmask/tasks';
import type { tf } from '@unmask/tensor-core';
import { labelProbabilities } from '../language/reading.js';
import type { TextBatch } from '../../encoding/text-batches.js';
import { hostLoss, type Slope } from '../host-loss.js';
import { dpo, oddsRatio } from './losses.js';

/** By what preferences are learned. */
export interface PreferenceOptions extends Pick<PreferenceTask, 'loss' | 'beta'> {
  /** Share of the examples in which the answers are held to be swapped. */
  readonly smoothing: number;
}

/**
 * The mean loss of a batch of examples, each two sequences. ORPO's cross entropy is over all tokens of the question and of the
 * chosen answer, as in TRL.
 * @param logits [2·B, T, V]
 */
export function preferenceLoss(logits: tf.Tensor, batch: TextBatch, options: PreferenceOptions): tf.Tensor {
  if (options.loss === 'dpo') return hostLoss(labelProbabilities(logits, batch), (values) => dpoOf(values, batch, options));
  return hostLoss(labelProbabilities(logits, { ...batch, sequences: batch.sequences.map(withAllLabels) }), (values) => orpoOf(values, batch, options));
}

/** A sequence whose every token is a label of the one before it. */
const withAllLabels = (sequence: TextBatch['sequences'][number]) => {
  const labels = [...sequence.inputIds.subarray(1)];
  return { ...sequence, labels, rows: labels.map((_, row) => row) };
};

/** The place of each label of a sequence among the rows of a batch's logits. */
function placesOf({ sequences, inputIds }: TextBatch): number[][] {
  const columns = inputIds.shape[1]!;
  return sequences.map(({ rows }, sequence) => rows.filter((row) => row >= 0).map((row) => sequence * columns + row));
}

const sumAt = (values: Float32Array, places: readonly number[]): number => places.reduce((sum, place) => sum + values[place], 0);

function dpoOf(values: Float32Array, batch: TextBatch, { beta, smoothing }: PreferenceOptions): Slope {
  const places = placesOf(batch);
  const gradient = new Float32Array(values.length);
  const count = batch.examples.length;
  let sum = 0;
  batch.examples.forEach(({ reference }, index) => {
    const [chosen, rejected] = [places[2 * index], places[2 * index + 1]];
    const loss = dpo({ chosen: sumAt(values, chosen), rejected: sumAt(values, rejected) }, { chosen: reference![0], rejected: reference![1] }, beta, smoothing);
    sum += loss.value;
    for (const place of chosen) gradient[place] = loss.chosen / count;
    for (const place of rejected) gradient[place] = loss.rejected / count;
  });
  return { value: sum / count, gradient };
}

function orpoOf(values: Float32Array, batch: TextBatch, { beta }: PreferenceOptions): Slope {
  const [places, columns] = [placesOf(batch), batch.inputIds.shape[1]!];
  const gradient = new Float32Array(values.length);
  const count = batch.examples.length;
  const read = batch.examples.reduce((total, { inputIds }) => total + inputIds.length - 1, 0);
  let [odds, entropy] = [0, 0];
  batch.examples.forEach(({ inputIds }, index) => {
    const [chosen, rejected] = [places[2 * index], places[2 * index + 1]];
    const mean = (answer: readonly number[]) => sumAt(values, answer) / Math.max(1, answer.length);
    const loss = oddsRatio({ chosen: mean(chosen), rejected: mean(rejected) }, beta);
    odds += loss.value;
    for (const place of chosen) gradient[place] += loss.chosen / (count * chosen.length);
    for (const place of rejected) gradient[place] += loss.rejected / (count * rejected.length);
    const start = 2 * index * columns;
    for (let place = start; place < start + inputIds.length - 1; place++) {
      entropy -= values[place];
      gradient[place] -= 1 / read;
    }
  });
  return { value: entropy / read + odds / count, gradient };
}
