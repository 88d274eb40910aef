import { join } from 'node:path';
import { getTask } from '@unmask/tasks';
import { runTraining, type StepProgress, type TrainerCallback, type TrainingContext } from '@unmask/trainer';
import { loadTaskData } from './data.js';
import type { RunResult } from './result.js';
import { runName, type RunSettings } from './settings.js';

/** What a run tells of its progress. */
export interface RunHooks extends Pick<TrainerCallback<RunSettings>, 'onStart' | 'onEstimate' | 'onPredict' | 'onNote'> {
  /** After each step. */
  onStep?(progress: StepProgress & { readonly examplesPerSecond: number }): unknown;
  /** After each save of the run's state, before it goes on: what is in its folder then is enough to continue. A promise is awaited. */
  onSave?(): unknown;
  /** Who carries the run out, by name, where that is not this process; before anything else. */
  onPlace?(name: string): void;
}

/** Where a run's files go and what it ran on. */
export interface RunContext extends Omit<TrainingContext<RunSettings>, 'folder'> {
  /** Folder under which each run makes its own. */
  readonly out: string;
  readonly hooks?: RunHooks;
}

/**
 * One run from data to `result.json`, in a folder of its own.
 * @throws UnmaskError for settings, data or files that cannot work; nothing is left half-written
 */
export async function runExperiment(settings: RunSettings, { out, ...context }: RunContext): Promise<RunResult> {
  const task = getTask(settings.task);
  const data = await loadTaskData(task, settings, context.hub ?? {});
  return runTraining(settings, task, data, { ...context, folder: join(out, runName(settings)) });
}
