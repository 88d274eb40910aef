import type { MultilabelTask } from '@unmask/tasks';
import { tokensOf } from '../encoding/encoded.js';
import { readLogits } from '../evaluation/evaluate.js';
import type { TextBatch } from '../encoding/text-batches.js';
import { positiveWeightsOf } from './class-weights.js';
import type { Asked, Form } from './form.js';
import { hostLoss, type Slope } from './host-loss.js';

/** The text or pair of texts has any number of labels, each of which is a question of its own: a head of sigmoids. */
export const multilabel: Form<MultilabelTask> = {
  head: ({ labels }) => ({ kind: 'classification', labels: labels.length }),
  encode: (tokenizer, { texts, label }, { maxLength }) => ({ ...tokensOf(tokenizer, texts, maxLength), labels: label, rows: label.map(() => 0) }),
  loss: ({ labels }, { labelSmoothing, classWeights }, train) => {
    const weights = classWeights === 'balanced' ? positiveWeightsOf(train, labels.length) : undefined;
    return {
      of: (batch, forward) => hostLoss(forward(batch), (logits) => binaryCrossEntropy(logits, targetsOf(batch, labels.length, labelSmoothing), weights)),
      weight: ({ examples }) => examples.length,
    };
  },
  answers: (asked) => read(asked),
  predictions: async (asked, readable) => (await read(asked)).map((ids) => ({ prediction: readable(ids) as string[] })),
};

/** The ids of the labels that are likelier than their thresholds. */
function read({ task: { thresholds }, reader, encoded, batchSize, onProgress }: Asked<MultilabelTask>): Promise<number[][]> {
  const least = thresholds.map((threshold) => Math.log(threshold / (1 - threshold)));
  return readLogits(reader.model, encoded(), batchSize, (_, logits) => least.flatMap((logit, id) => (logits[id] >= logit ? [id] : [])), onProgress);
}

/** 1 for each label that an example has, else 0, row by row; smoothing moves both towards a half. */
function targetsOf({ examples }: TextBatch, labels: number, smoothing: number): Float32Array {
  const targets = new Float32Array(examples.length * labels).fill(smoothing / 2);
  examples.forEach(({ labels: ids }, row) => ids.forEach((id) => (targets[row * labels + id] = 1 - smoothing / 2)));
  return targets;
}

/**
 * Mean over all entries of the binary cross entropy of σ(logit) against targets (PyTorch's BCEWithLogitsLoss).
 * @param weights what a target of 1 counts beside one of 0, for each column; alike by default
 */
export function binaryCrossEntropy(logits: Float32Array, targets: Float32Array, weights?: Float32Array): Slope {
  const gradient = new Float32Array(logits.length);
  let sum = 0;
  logits.forEach((logit, index) => {
    const [target, weight] = [targets[index], weights?.[index % weights.length] ?? 1];
    const softplus = Math.max(-logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))); // ln(1 + e^−x)
    const counted = 1 + (weight - 1) * target;
    sum += (1 - target) * logit + counted * softplus;
    gradient[index] = (1 - target - counted / (1 + Math.exp(logit))) / logits.length;
  });
  return { value: sum / logits.length, gradient };
}
