import { generateTexts } from '@unmask/models';
import type { Example, GenerationExample, Row, Task, UserInput } from '@unmask/tasks';
import { type EncodedExample, encodeExamples } from '../encoding/encode.js';
import { limitsOf } from '../encoding/limits.js';
import { type LogitTask, readLogits } from '../evaluation/evaluate.js';
import type { TrainedModel } from './trained-model.js';

/** What a model answers to a row. */
export interface Prediction {
  /** The name of a class, a score, a tag for each word (null for words that were cut off), or a text; null for a row with an empty text. */
  readonly prediction: string | number | readonly (string | null)[] | null;
  /** Of a class: how likely the model holds it, 0 … 1; null where there is none. */
  readonly probability?: number | null;
}

/** A row with the answer to it. */
export interface PredictedRow extends Prediction {
  readonly row: Row;
}

/** Rows in memory at a time, in batches: those of like length share a batch. */
const BATCHES_AT_ONCE = 16;

/**
 * Answers rows one after another, in their order, reading no more of them ahead than a few batches. Texts are written greedily.
 * @param batchSize rows a forward pass
 */
export async function* predictRows(trained: TrainedModel, inputs: AsyncIterable<UserInput>, batchSize = 32): AsyncGenerator<PredictedRow> {
  for await (const chunk of chunks(inputs, batchSize * BATCHES_AT_ONCE)) {
    const answers = (await answer(trained, chunk.flatMap(({ example }) => example ?? []), batchSize)).values();
    const none = trained.user.task.kind === 'classification' ? { prediction: null, probability: null } : { prediction: null };
    yield* chunk.map(({ row, example }) => ({ row, ...(example ? answers.next().value! : none) }));
  }
}

async function answer(trained: TrainedModel, examples: readonly Example[], batchSize: number): Promise<Prediction[]> {
  const { model, tokenizer, card, user } = trained;
  const { task } = user;
  if (examples.length === 0) return [];
  if (task.kind !== 'generation') {
    return readLogits(model, encodeExamples<Task>(task, tokenizer, examples, { ...card, limits: limitsOf(trained) }), batchSize, predictionReader(trained, task));
  }
  const prompts = (examples as readonly GenerationExample[]).map(({ prompt }) => prompt);
  const texts = await generateTexts(trained, prompts, { maxNewTokens: task.maxNewTokens, batchSize });
  return texts.map((prediction) => ({ prediction }));
}

/** How the answer to an example is read off its logits. */
function predictionReader({ user: { readable } }: TrainedModel, { kind }: LogitTask) {
  return ({ rows }: EncodedExample, logits: Float32Array, classes: number): Prediction => {
    switch (kind) {
      case 'regression':
        return { prediction: rounded(readable(logits[0]) as number) };
      case 'classification': {
        const { id, probability } = likeliest(logits);
        return { prediction: readable(id), probability };
      }
      case 'token-classification': {
        const tags = readable(rows.map((row) => (row < 0 ? 0 : likeliest(logits.subarray(row * classes, (row + 1) * classes)).id))) as string[];
        return { prediction: tags.map((tag, word) => (rows[word] < 0 ? null : tag)) };
      }
    }
  };
}

/** The class with the largest logit, and its share of the softmax. */
function likeliest(logits: Float32Array): { id: number; probability: number } {
  const id = logits.reduce((best, value, index) => (value > logits[best] ? index : best), 0);
  return { id, probability: rounded(1 / logits.reduce((sum, value) => sum + Math.exp(value - logits[id]), 0)) };
}

/** To as many digits as logits have. */
const rounded = (value: number) => Number(value.toPrecision(7));

async function* chunks<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    if (chunk.push(item) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
