import type { HubOptions } from '@unmask/hub';
import { type Example, getTask, loadHubSplit, loadSplit, type Split, synthesizeSplit, type PublishedTask, taskNames } from '@unmask/tasks';
import type { DataOrigin, EvaluationSet, TaskData } from '@unmask/trainer';
import type { RunSettings } from './settings.js';

/** Rows that a split of generated data has when no limit is given. */
export const SYNTHETIC_ROWS = { train: 1000, evaluation: 200 } as const;

/**
 * The examples of a task, from where the settings say. A task that is for training only is measured on the first evaluation
 * split of each task that is trained on it.
 * @throws UnmaskError when the data cannot be had or do not fit
 */
export async function loadTaskData(task: PublishedTask, settings: RunSettings, hub: HubOptions): Promise<TaskData> {
  const train = await loadExamples(getTask(task.trainedOn ?? task.name), 'train', settings, hub);
  const evaluation: EvaluationSet[] = [];
  for (const [each, split] of measuredOn(task)) evaluation.push({ task: each, split, examples: await loadExamples(each, split, settings, hub) });
  return { origin: dataOrigin(settings), train, evaluation };
}

function measuredOn(task: PublishedTask): [task: PublishedTask, split: Split][] {
  if (task.evaluationSplits.length > 0) return task.evaluationSplits.map((split) => [task, split]);
  const others = taskNames.map(getTask).filter(({ trainedOn, evaluationSplits }) => trainedOn === task.name && evaluationSplits.length > 0);
  return others.map((other) => [other, other.evaluationSplits[0]]);
}

function loadExamples(task: PublishedTask, split: Split, settings: RunSettings, hub: HubOptions): Promise<Example[]> | Example[] {
  if (settings.data === 'synthetic') {
    return synthesizeSplit(task, split, { seed: settings.seed, count: settings.limit ?? SYNTHETIC_ROWS[split === 'train' ? 'train' : 'evaluation'] });
  }
  const limit = settings.limit ?? Infinity;
  return settings.data === 'hub' ? loadHubSplit(task, split, { limit, ...hub }) : loadSplit(task, settings.data, split, { limit });
}

/** What these examples are. */
function dataOrigin({ data, limit }: RunSettings): DataOrigin {
  if (data === 'synthetic') return 'synthetic';
  return limit === null ? 'real' : 'sample';
}
