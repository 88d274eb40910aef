import type { HubOptions } from '@unmask/hub';
import { type Example, getTask, loadHubSplit, loadSplit, type Split, synthesizeSplit, type Task, taskNames } from '@unmask/tasks';
import { Random, UnmaskError } from '@unmask/tensor-core';
import type { DataOrigin } from './result.js';
import type { RunSettings } from './settings.js';

/** Rows that a split of generated data has when no limit is given. */
const SYNTHETIC_ROWS = { train: 1000, evaluation: 200 } as const;

/** Examples that a model is measured on. */
export interface EvaluationSet {
  readonly task: Task;
  readonly split: Split;
  readonly examples: readonly Example[];
}

/** What a run trains on and is measured on. */
export interface TaskData {
  readonly train: readonly Example[];
  /** By task and split; the first ranks. At least one. */
  readonly evaluation: readonly EvaluationSet[];
}

/**
 * The examples of a task, from where the settings say. A task that is for training only is measured on the first evaluation
 * split of each task that is trained on it.
 * @throws UnmaskError when the data cannot be had or do not fit
 */
export async function loadTaskData(task: Task, settings: RunSettings, hub: HubOptions): Promise<TaskData> {
  const train = await loadExamples(getTask(task.trainedOn ?? task.name), 'train', settings, hub);
  const evaluation: EvaluationSet[] = [];
  for (const [each, split] of measuredOn(task)) evaluation.push({ task: each, split, examples: await loadExamples(each, split, settings, hub) });
  return { train, evaluation };
}

function measuredOn(task: Task): [task: Task, split: Split][] {
  if (task.evaluationSplits.length > 0) return task.evaluationSplits.map((split) => [task, split]);
  const others = taskNames.map(getTask).filter(({ trainedOn, evaluationSplits }) => trainedOn === task.name && evaluationSplits.length > 0);
  return others.map((other) => [other, other.evaluationSplits[0]]);
}

/**
 * Splits off what evaluations during training are made on: a share of the training rows, or nothing, when they are made on
 * the evaluation sets themselves.
 * @throws UnmaskError when one of the two parts would be empty
 */
export function holdOut(task: Task, { train, evaluation }: TaskData, { holdOut: share, seed }: RunSettings): { train: readonly Example[]; dev: readonly EvaluationSet[] } {
  if (share === 0) return { train, dev: evaluation };
  const held = Math.round(share * train.length);
  if (held < 1 || held >= train.length) {
    throw new UnmaskError(`a share of ${share} of ${train.length} training rows to hold out is ${held} rows: choose one that leaves rows on both sides`);
  }
  const order = new Random(seed).fork('hold-out').shuffle([...train]);
  return { train: order.slice(held), dev: [{ task, split: 'train', examples: order.slice(0, held) }] };
}

function loadExamples(task: Task, split: Split, settings: RunSettings, hub: HubOptions): Promise<Example[]> | Example[] {
  if (settings.data === 'synthetic') {
    return synthesizeSplit(task, split, { seed: settings.seed, count: settings.limit ?? SYNTHETIC_ROWS[split === 'train' ? 'train' : 'evaluation'] });
  }
  const limit = settings.limit ?? Infinity;
  return settings.data === 'hub' ? loadHubSplit(task, split, { limit, ...hub }) : loadSplit(task, settings.data, split, { limit });
}

/** What these examples are. */
export function dataOrigin({ data, limit }: RunSettings): DataOrigin {
  if (data === 'synthetic') return 'synthetic';
  return limit === null ? 'real' : 'sample';
}
