import type { Example, Split, Task } from '@unmask/tasks';
import { Random, UnmaskError } from '@unmask/tensor-core';
import type { DataOrigin } from './result.js';
import type { TrainingSettings } from './settings.js';

/** Examples that a model is measured on. */
export interface EvaluationSet {
  readonly task: Task;
  readonly split: Split;
  readonly examples: readonly Example[];
}

/** What a training trains on and is measured on. */
export interface TaskData {
  readonly origin: DataOrigin;
  readonly train: readonly Example[];
  /** By task and split; the first ranks. At least one. */
  readonly evaluation: readonly EvaluationSet[];
}

/**
 * Splits off what evaluations during training are made on: a share of the training rows, or nothing, when they are made on
 * the evaluation sets themselves.
 * @throws UnmaskError when one of the two parts would be empty
 */
export function holdOut(task: Task, { train, evaluation }: Pick<TaskData, 'train' | 'evaluation'>, { holdOut: share, seed }: TrainingSettings): { train: readonly Example[]; dev: readonly EvaluationSet[] } {
  if (share === 0) return { train, dev: evaluation };
  const held = Math.round(share * train.length);
  if (held < 1 || held >= train.length) {
    throw new UnmaskError(`a share of ${share} of ${train.length} training rows to hold out is ${held} rows: choose one that leaves rows on both sides`);
  }
  const order = new Random(seed).fork('hold-out').shuffle([...train]);
  return { train: order.slice(held), dev: [{ task, split: 'train', examples: order.slice(0, held) }] };
}
