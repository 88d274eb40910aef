import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubOptions } from '@unmask/hub';
import { getTask } from '@unmask/tasks';
import type { Parameter } from '@unmask/tensor-core';
import { count, scopeOf, selectionBudget } from './budget.js';
import { Checkpoint } from './checkpoint.js';
import { dataOrigin, loadTaskData } from './data.js';
import { encodeExamples } from './encode.js';
import { gitHash, versions } from './environment.js';
import { ensureWritableFolder, writeFileAtomically } from './files.js';
import { fineTune } from './fine-tune.js';
import { peakMemoryMB, resetPeakMemory } from './memory.js';
import { checkPrompts, measure } from './measure.js';
import { getMethod } from './methods.js';
import { runName, type RunResult, type RunSettings } from './result.js';
import { loadTrainee } from './trainee.js';
import type { StepProgress } from './trainer.js';

/** What a run tells of its progress. */
export interface RunHooks {
  /** While a metric is estimated, before the first step. */
  onEstimate?(done: number, total: number): void;
  /** Before the first step. */
  onStart?(run: { settings: RunSettings; steps: number; budget: number | null }): void;
  onStep?(progress: StepProgress & { examplesPerSecond: number }): void;
  onEvaluate?(done: number, total: number): void;
}

/** Where a run's files go and what it ran on. */
export interface RunContext {
  /** Folder under which each run makes its own. */
  readonly out: string;
  /** Name of the engine in use. */
  readonly backend: string;
  /** Steps from one save of the run's state to the next, 200 by default. A run that was cut off continues from the last one. */
  readonly checkpointEvery?: number;
  /** Cache folder and fetch for models and data from the Hugging Face hub. */
  readonly hub?: HubOptions;
  readonly hooks?: RunHooks;
}

/**
 * One run from data to `result.json`: load, train, evaluate, save the change, and prove that the saved change gives the
 * trained weights bit for bit on a fresh base model.
 * @throws UnmaskError for settings, data or files that cannot work; nothing is left half-written
 */
export async function runExperiment(settings: RunSettings, { out, backend, checkpointEvery = 200, hub = {}, hooks = {} }: RunContext): Promise<RunResult> {
  const [task, method] = [getTask(settings.task), getMethod(settings.method)];
  const folder = join(out, runName(settings));
  await ensureWritableFolder(folder);
  resetPeakMemory();

  const data = await loadTaskData(task, settings, hub);
  const trainee = await loadTrainee(task, method, settings, hub);
  const { model, tokenizer, parameters } = trainee;
  try {
    checkPrompts(task, trainee, data);
    const scope = scopeOf(settings, parameters);
    const budget = method.trains === 'budget' ? selectionBudget(settings, trainee, scope) : null;
    const examples = encodeExamples(task, tokenizer, data.train, settings.maxLength);
    const steps = settings.maxSteps ?? settings.epochs! * Math.ceil(examples.length / settings.batchSize);
    const dense = (parameter: Parameter) => settings.head !== 'competes' && trainee.isHead(parameter);
    const training = method.strategy({ ...settings, budget: budget ?? 0, steps, scope, dense }).bind(parameters);
    hooks.onStart?.({ settings, steps, budget });
    const checkpoint = new Checkpoint(join(folder, 'state.safetensors'), settings);
    const { finalLoss, seconds: secondsTraining, examplesSeen } = await fineTune({
      task, settings, model, training, steps, checkpoint, checkpointEvery, examples,
      onEstimate: (done, total) => hooks.onEstimate?.(done, total),
      onStep: (progress) => hooks.onStep?.(progress),
    });

    const started = performance.now();
    const measurements = await measure(task, settings, trainee, data, (done, total) => hooks.onEvaluate?.(done, total));
    const secondsEvaluating = (performance.now() - started) / 1000;
    const peak = peakMemoryMB();

    const deltaFile = await trainee.save(folder, training);
    const headApart = settings.head === 'free' && method.name !== 'fft' ? count(parameters.filter((parameter) => trainee.isHead(parameter))) : 0;
    const result: RunResult = {
      ...settings,
      budget: method.trains === 'budget' ? settings.budget : null,
      backend,
      dataOrigin: dataOrigin(settings),
      totalParameters: trainee.totalParameters,
      trainedParameters: training.trainedParameters,
      unmaskedEntries: training.trainedParameters - headApart,
      touchedEntries: training.trainedParameters - headApart + training.touchedEntries - training.unmaskedEntries,
      headParameters: headApart,
      gradientUpdates: training.gradientUpdates - headApart * steps,
      steps,
      trainExamples: data.train.length,
      ...measurements,
      finalLoss,
      secondsTraining,
      secondsEvaluating,
      examplesPerSecond: examplesSeen / secondsTraining,
      peakMemoryMB: peak,
      deltaFile,
      deltaBytes: (await stat(join(folder, deltaFile))).size,
      deltaVerified: await trainee.verify(folder),
      versions: versions(),
      gitHash: gitHash(),
      finishedAt: new Date().toISOString(),
    };
    await writeFileAtomically(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    await checkpoint.remove();
    return result;
  } finally {
    model.dispose();
  }
}
