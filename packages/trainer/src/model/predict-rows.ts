import type { Example, Row, UserInput } from '@unmask/tasks';
import { asked } from '../evaluation/measure.js';
import type { Prediction } from '../forms/form.js';
import { formOf } from '../forms/index.js';
import type { TrainedModel } from './trained-model.js';

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
  if (examples.length === 0) return [];
  const { card, user } = trained;
  return formOf(user.task).predictions(asked(user.task, trained, examples, { settings: card, batchSize }), user.readable);
}

async function* chunks<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    if (chunk.push(item) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
