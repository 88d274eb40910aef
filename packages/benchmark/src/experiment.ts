import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubOptions } from '@unmask/hub';
import { applyDelta, type SelectiveTraining } from '@unmask/id3';
import { type Example, getTask, type Task } from '@unmask/tasks';
import type { Parameter } from '@unmask/tensor-core';
import { BestWeights } from './best-step.js';
import { count, scopeOf, selectionBudget } from './budget.js';
import { Checkpoint } from './checkpoint.js';
import { dataOrigin, type EvaluationSet, holdOut, loadTaskData, type TaskData } from './data.js';
import { encodeExamples } from './encode.js';
import { gitHash, versions } from './environment.js';
import { ensureWritableFolder, writeFileAtomically } from './files.js';
import { fineTune, type FineTuneSummary } from './fine-tune.js';
import { peakMemoryMB, resetPeakMemory } from './memory.js';
import { checkPrompts, measure, type Measurements, summarize } from './measure.js';
import { getMethod, type Method } from './methods.js';
import type { RunResult } from './result.js';
import { startAtMean } from './score-head.js';
import { checkSettings, runName, type RunSettings } from './settings.js';
import { FILES } from './store/run-files.js';
import { sha256 } from './store/run-store.js';
import { loadTrainee, type Trainee } from './trainee.js';
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
  /** Whether a run writes its history as an event file of TensorBoard, too; false by default. */
  readonly tensorboard?: boolean;
  /** Cache folder and fetch for models and data from the Hugging Face hub. */
  readonly hub?: HubOptions;
  /** Asks a run to save its state after the running step and to end with an UnmaskError `interrupted`. */
  readonly signal?: AbortSignal;
  readonly hooks?: RunHooks;
  /** A task that is none of those by name, and its data; the settings' `task` and `data` only name them then. */
  readonly task?: { readonly task: Task; readonly data: TaskData };
}

/**
 * One run from data to `result.json`: load, train, evaluate, save the change, and prove that the saved change gives the
 * trained weights bit for bit on a fresh base model.
 * @throws UnmaskError for settings, data or files that cannot work; nothing is left half-written
 */
export async function runExperiment(settings: RunSettings, context: RunContext): Promise<RunResult> {
  const { hub = {}, hooks = {}, backend, task: given } = context;
  checkSettings(settings);
  const [task, method] = [given?.task ?? getTask(settings.task), getMethod(settings.method)];
  const folder = join(context.out, runName(settings));
  await ensureWritableFolder(folder);
  resetPeakMemory();

  const { evaluation, train, dev } = await loadData(task, settings, hub, given?.data);
  const steps = stepsOf(settings, train.length);
  const load = async () => {
    const loaded = await loadTrainee(task, method, settings, steps, hub);
    if (task.kind === 'regression') startAtMean(loaded, settings, train);
    return loaded;
  };
  let trainee = await load();
  try {
    checkPrompts(trainee, [...evaluation, ...dev]);
    const training = bind(settings, method, trainee, steps, hooks);
    const tuned = await tune(settings, context, { task, trainee, training, steps, folder, train, dev });
    const kept = await keptOf(training, tuned, folder);
    if (kept.replaces) {
      trainee.model.dispose();
      trainee = await load();
      applyDelta(trainee.parameters, kept.delta);
    }
    const started = performance.now();
    const { scores, predictions } = await measure(settings, trainee, train, evaluation, (done, total) => hooks.onEvaluate?.(done, total));
    const secondsEvaluating = (performance.now() - started) / 1000;
    const peak = peakMemoryMB();

    const deltaFile = await trainee.save(folder, kept.delta);
    const path = join(folder, deltaFile);
    const result: RunResult = {
      ...settings,
      backend,
      dataOrigin: dataOrigin(settings),
      ...countsOf(settings, method, trainee, training, kept, tuned.steps),
      steps: tuned.steps,
      bestStep: tuned.best?.step ?? null,
      trainExamples: train.length,
      ...summarize(scores),
      scores,
      finalLoss: tuned.finalLoss,
      secondsTraining: tuned.seconds,
      secondsEvaluating,
      examplesPerSecond: tuned.examplesSeen / tuned.seconds,
      peakMemoryMB: peak,
      deltaFile,
      deltaBytes: (await stat(path)).size,
      deltaSha256: await sha256(path),
      deltaVerified: await trainee.verify(folder),
      versions: versions(),
      gitHash: gitHash(),
      finishedAt: new Date().toISOString(),
    };
    await write(folder, settings, result, predictions);
    return result;
  } finally {
    trainee.model.dispose();
  }
}

/** The data of a run: what it trains on, what it is measured on during and after training. */
interface Data extends TaskData {
  readonly dev: readonly EvaluationSet[];
}

async function loadData(task: Task, settings: RunSettings, hub: HubOptions, given: TaskData | undefined): Promise<Data> {
  const data = given ?? (await loadTaskData(task, settings, hub));
  return { ...data, ...holdOut(task, data, settings) };
}

function stepsOf({ maxSteps, epochs, batchSize, accumulate }: RunSettings, examples: number): number {
  return maxSteps ?? epochs! * Math.ceil(examples / (batchSize * accumulate));
}

function bind(settings: RunSettings, method: Method, trainee: Trainee, steps: number, hooks: RunHooks): SelectiveTraining {
  const scope = scopeOf(settings, trainee.parameters);
  const budget = method.trains === 'budget' ? selectionBudget(settings, trainee, scope) : null;
  const dense = (parameter: Parameter) => settings.head !== 'competes' && trainee.isHead(parameter);
  const training = method.strategy({ ...settings, budget: budget ?? 0, steps, scope, dense }).bind(trainee.parameters);
  hooks.onStart?.({ settings, steps, budget });
  return training;
}

/** What is trained on what. */
interface Tuning {
  readonly task: Task;
  readonly trainee: Trainee;
  readonly training: SelectiveTraining;
  readonly steps: number;
  readonly folder: string;
  readonly train: readonly Example[];
  readonly dev: readonly EvaluationSet[];
}

function tune(settings: RunSettings, { checkpointEvery = 200, tensorboard = false, signal, hooks = {} }: RunContext, { task, trainee, training, steps, folder, train, dev }: Tuning): Promise<FineTuneSummary> {
  return fineTune({
    task, settings, training, steps, folder, checkpointEvery, tensorboard, signal,
    model: trainee.model,
    examples: encodeExamples(task, trainee.tokenizer, train, settings),
    evaluate: async () => (await measure(settings, trainee, train, dev, () => undefined)).scores,
    onEstimate: hooks.onEstimate?.bind(hooks),
    onStep: hooks.onStep?.bind(hooks),
  });
}

/** The weights that a run keeps: its last ones, or those of an earlier step that evaluations found best. */
async function keptOf(training: SelectiveTraining, { best, steps }: FineTuneSummary, folder: string) {
  const { unmaskedEntries, touchedEntries, trainedParameters } = training;
  if (!best || best.step === steps) return { unmaskedEntries, touchedEntries, trainedParameters, delta: training.delta(), replaces: false };
  return { ...best, delta: await new BestWeights(join(folder, FILES.best)).load(), replaces: true };
}

type Counts = Pick<RunResult, 'totalParameters' | 'trainedParameters' | 'unmaskedEntries' | 'touchedEntries' | 'headParameters' | 'gradientUpdates'>;

function countsOf(
  settings: RunSettings,
  method: Method,
  trainee: Trainee,
  training: SelectiveTraining,
  kept: Pick<SelectiveTraining, 'unmaskedEntries' | 'touchedEntries' | 'trainedParameters'>,
  steps: number,
): Counts {
  const headApart = settings.head === 'free' && method.name !== 'fft' ? count(trainee.parameters.filter((parameter) => trainee.isHead(parameter))) : 0;
  const unmaskedEntries = kept.trainedParameters - headApart;
  return {
    totalParameters: trainee.totalParameters,
    trainedParameters: kept.trainedParameters,
    unmaskedEntries,
    touchedEntries: unmaskedEntries + kept.touchedEntries - kept.unmaskedEntries,
    headParameters: headApart,
    gradientUpdates: training.gradientUpdates - headApart * steps,
  };
}

/** Writes the result last, so that a run that has one has everything; then what it needed on the way goes. */
async function write(folder: string, settings: RunSettings, result: RunResult, predictions: Measurements['predictions']): Promise<void> {
  await writeFileAtomically(join(folder, FILES.predictions), JSON.stringify(predictions));
  await writeFileAtomically(join(folder, FILES.result), `${JSON.stringify(result, null, 2)}\n`);
  await new Checkpoint(join(folder, FILES.state), settings).remove();
  await new BestWeights(join(folder, FILES.best)).remove();
}
