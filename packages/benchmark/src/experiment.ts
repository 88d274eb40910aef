import { join } from 'node:path';
import { getTask } from '@unmask/tasks';
import { runTraining, type StepProgress, type TrainerCallback, type TrainingContext } from '@unmask/trainer';
import type { RunResult } from './result.js';
import { runName, type RunSettings } from './settings.js';
import { findSources, type Planned } from './sources.js';

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
export interface RunContext extends Omit<TrainingContext<RunSettings>, 'folder' | 'model'> {
  /** Folder under which each run makes its own. */
  readonly out: string;
  /** Where the run was planned on another machine: what it has to find on this one. */
  readonly planned?: Planned | undefined;
  readonly hooks?: RunHooks;
}

/**
 * One run from data to `result.json`, in a folder of its own.
 * @throws UnmaskError for settings, data or files that cannot work; nothing is left half-written; `unfit` when this machine
 * has not what was planned with
 */
export async function runExperiment(settings: RunSettings, { out, planned, ...context }: RunContext): Promise<RunResult> {
  const task = getTask(settings.task);
  const { model, data } = await findSources(task, settings, context.hub ?? {}, planned);
  return runTraining(settings, task, data, { ...context, model, folder: join(out, runName(settings)) });
}
