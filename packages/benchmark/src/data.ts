import type { HubOptions } from '@unmask/hub';
import { type Example, getTask, loadHubSplit, loadSplit, type Split, synthesizeSplit, type Task } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import type { DataOrigin, RunSettings } from './result.js';

/** Rows that a split of generated data has when no limit is given. */
const SYNTHETIC_ROWS = { train: 1000, evaluation: 200 } as const;

/** What a run trains on and is measured on. */
export interface TaskData {
  readonly train: readonly Example[];
  /** By split; the first ranks. At least one. */
  readonly evaluation: readonly { readonly split: Split; readonly examples: readonly Example[] }[];
}

/**
 * The examples of a task, from where the settings say.
 * @throws UnmaskError when the task is for training only, or the data cannot be had or do not fit
 */
export async function loadTaskData(task: Task, settings: RunSettings, hub: HubOptions): Promise<TaskData> {
  if (task.evaluationSplits.length === 0) {
    throw new UnmaskError(`task ${task.name} is for training only: use a task that is trained on it`, { code: 'unsupported' });
  }
  const train = await loadExamples(getTask(task.trainedOn ?? task.name), 'train', settings, hub);
  const evaluation = [];
  for (const split of task.evaluationSplits) evaluation.push({ split, examples: await loadExamples(task, split, settings, hub) });
  return { train, evaluation };
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
