import type { Tokenizer } from '@unmask/models';
import type { ClassificationTask, RegressionTask, TaggedExample, TextExample, TokenClassificationTask } from '@unmask/tasks';
import { batchLoss } from '../encoding/batch-loss.js';
import { type EncodedExample, type EncodeOptions, tokensOf } from '../encoding/encoded.js';
import { type LogitTask, predict, readLogits } from '../evaluation/evaluate.js';
import { classWeightsOf } from './class-weights.js';
import type { Asked, Form, Prediction } from './form.js';

/** The text or pair of texts has one label. */
export const classification: Form<ClassificationTask> = {
  head: ({ labels }) => ({ kind: 'classification', labels: labels.length }),
  encode: encodeTexts,
  loss: (task, { labelSmoothing, classWeights }, train) => {
    const options = { smoothing: labelSmoothing, classWeights: classWeights === 'balanced' ? classWeightsOf(train, task.labels.length) : undefined };
    const weightOf = (id: number) => options.classWeights?.[id] ?? 1;
    return {
      of: (batch, forward) => batchLoss(task, forward(batch), batch, options),
      weight: ({ examples }) => examples.reduce((sum, { labels: [id] }) => sum + weightOf(id), 0),
    };
  },
  answers: answer,
  predictions: (asked, readable) =>
    read(asked, (_, logits): Prediction => {
      const { id, probability } = likeliest(logits);
      return { prediction: readable(id), probability };
    }),
};

/** The text or pair of texts has a score. */
export const regression: Form<RegressionTask> = {
  head: () => ({ kind: 'regression' }),
  encode: encodeTexts,
  loss: (task) => ({ of: (batch, forward) => batchLoss(task, forward(batch), batch) }),
  answers: answer,
  predictions: (asked, readable) => read(asked, (_, logits) => ({ prediction: rounded(readable(logits[0]) as number) })),
};

/** A word's label stands at its first token. */
export const tokenClassification: Form<TokenClassificationTask> = {
  head: ({ labels }) => ({ kind: 'token-classification', labels: labels.length }),
  encode: encodeWords,
  loss: (task, { labelSmoothing: smoothing }) => ({ of: (batch, forward) => batchLoss(task, forward(batch), batch, { smoothing }) }),
  answers: answer,
  predictions: (asked, readable) =>
    read(asked, ({ rows }, logits, classes) => {
      const tags = readable(rows.map((row) => (row < 0 ? 0 : likeliest(logits.subarray(row * classes, (row + 1) * classes)).id))) as string[];
      return { prediction: tags.map((tag, word) => (rows[word] < 0 ? null : tag)) };
    }),
};

/** A text or a pair of texts, with its class or score. */
function encodeTexts(tokenizer: Tokenizer, { texts, label }: TextExample, { maxLength }: EncodeOptions): EncodedExample {
  return { ...tokensOf(tokenizer, texts, maxLength), labels: [label], rows: [0] };
}

function encodeWords(tokenizer: Tokenizer, { words, label }: TaggedExample, { maxLength }: EncodeOptions): EncodedExample {
  const { ids, types, words: wordOf } = tokenizer.encodeWords(words, { maxLength });
  return { inputIds: Int32Array.from(ids), tokenTypeIds: Int32Array.from(types), labels: label, rows: words.map((_, word) => wordOf.indexOf(word)) };
}

function answer<T extends LogitTask>({ task, reader, encoded, batchSize, onProgress }: Asked<T>) {
  return predict(reader.model, task, encoded(), batchSize, onProgress);
}

function read<T extends LogitTask>({ reader, encoded, batchSize }: Asked<T>, prediction: (example: EncodedExample, logits: Float32Array, classes: number) => Prediction): Promise<Prediction[]> {
  return readLogits(reader.model, encoded(), batchSize, prediction);
}

/** The class with the largest logit, and its share of the softmax. */
function likeliest(logits: Float32Array): { id: number; probability: number } {
  const id = logits.reduce((best, value, index) => (value > logits[best] ? index : best), 0);
  return { id, probability: rounded(1 / logits.reduce((sum, value) => sum + Math.exp(value - logits[id]), 0)) };
}

/** To as many digits as logits have. */
const rounded = (value: number) => Number(value.toPrecision(7));
