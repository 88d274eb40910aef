import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { applyDelta, loadDelta, saveDelta } from '@unmask/id3';
import type { HubOptions } from '@unmask/hub';
import { loadPretrained, type Pretrained } from '@unmask/models';
import { evaluate, getTask, loadHubSplit, loadSplit, majorityBaseline, synthesizeSplit, type Example, type Task } from '@unmask/tasks';
import { type Parameter, Random, UnmaskError } from '@unmask/tensor-core';
import { Checkpoint } from './checkpoint.js';
import { gitHash, versions } from './environment.js';
import { predict } from './evaluate.js';
import { ensureWritableFolder, writeFileAtomically } from './files.js';
import { fineTune } from './fine-tune.js';
import { peakMemoryMB, resetPeakMemory } from './memory.js';
import { getMethod } from './methods.js';
import { runName, type RunResult, type RunSettings } from './result.js';
import { encodeExamples } from './text-batches.js';
import type { StepProgress } from './trainer.js';

/** Rows that a split of generated data has when no limit is given. */
const SYNTHETIC_ROWS = { train: 1000, validation: 200 } as const;

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

  const trainExamples = await loadExamples(task, 'train', settings, hub);
  const evaluationExamples = await loadExamples(task, 'validation', settings, hub);
  const pretrained = await loadModel(task, settings, hub);
  try {
    const { model, tokenizer } = pretrained;
    const parameters = model.parameters();
    const totalParameters = count(parameters);
    const head = new Set(pretrained.newParameters);
    const headSize = count(parameters.filter(({ name }) => head.has(name)));
    const scope = scopeOf(settings, parameters);
    const selectable = count(parameters.filter((parameter) => scope(parameter) && !(settings.head === 'free' && head.has(parameter.name))));
    const budget = method.trains === 'budget' ? selectionBudget(settings, selectable, headSize) : null;
    const encoded = encodeExamples(tokenizer, trainExamples, settings.maxLength);
    const steps = settings.maxSteps ?? settings.epochs! * Math.ceil(encoded.length / settings.batchSize);
    const dense = ({ name }: Parameter) => settings.head !== 'competes' && head.has(name);
    const training = method.strategy({ ...settings, budget: budget ?? totalParameters, steps, scope, dense }).bind(parameters);
    hooks.onStart?.({ settings, steps, budget });
    const checkpoint = new Checkpoint(join(folder, 'state.safetensors'), settings);
    const { finalLoss, seconds: secondsTraining, examplesSeen } = await fineTune({
      task, settings, model, training, steps, checkpoint, checkpointEvery,
      examples: encoded,
      onEstimate: (done, total) => hooks.onEstimate?.(done, total),
      onStep: (progress) => hooks.onStep?.(progress),
    });

    const started = performance.now();
    const encodedEvaluation = encodeExamples(tokenizer, evaluationExamples, settings.maxLength);
    const predictions = predict(model, task, encodedEvaluation, settings.batchSize * 2, (done) => hooks.onEvaluate?.(done, encodedEvaluation.length));
    const metrics = evaluate(task, predictions, evaluationExamples.map((example) => example.label));
    const secondsEvaluating = (performance.now() - started) / 1000;
    const peak = peakMemoryMB();

    const deltaFile = 'delta.safetensors';
    const deltaPath = join(folder, deltaFile);
    await saveDelta(deltaPath, training.delta(), { model: settings.model, method: settings.method, budget, seed: settings.seed });
    const headApart = settings.head === 'free' && method.trains !== 'everything' ? headSize : 0;
    const result: RunResult = {
      ...settings,
      budget: method.trains === 'budget' ? settings.budget : null,
      backend,
      dataOrigin: settings.data === 'synthetic' ? 'synthetic' : settings.limit === null ? 'real' : 'sample',
      totalParameters,
      trainedParameters: training.trainedParameters,
      unmaskedEntries: training.trainedParameters - headApart,
      touchedEntries: training.trainedParameters - headApart + training.touchedEntries - training.unmaskedEntries,
      headParameters: headApart,
      gradientUpdates: training.gradientUpdates - headApart * steps,
      steps,
      trainExamples: trainExamples.length,
      evaluationExamples: evaluationExamples.length,
      metrics,
      primaryMetric: task.primaryMetric,
      primaryValue: metrics[task.primaryMetric],
      majorityValue: majorityBaseline(task, trainExamples, evaluationExamples)[task.primaryMetric],
      finalLoss,
      secondsTraining,
      secondsEvaluating,
      examplesPerSecond: examplesSeen / secondsTraining,
      peakMemoryMB: peak,
      deltaFile,
      deltaBytes: (await stat(deltaPath)).size,
      deltaVerified: await deltaReproduces(deltaPath, task, settings, hub, parameters),
      versions: versions(),
      gitHash: gitHash(),
      finishedAt: new Date().toISOString(),
    };
    await writeFileAtomically(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    await checkpoint.remove();
    return result;
  } finally {
    pretrained.model.dispose();
  }
}

const count = (parameters: readonly Parameter[]) => parameters.reduce((sum, parameter) => sum + parameter.size, 0);

function loadExamples(task: Task, split: 'train' | 'validation', settings: RunSettings, hub: HubOptions): Promise<Example[]> | Example[] {
  if (settings.data === 'synthetic') {
    return synthesizeSplit(task, split, { seed: settings.seed, count: settings.limit ?? SYNTHETIC_ROWS[split] });
  }
  const limit = settings.limit ?? Infinity;
  return settings.data === 'hub' ? loadHubSplit(task, split, { limit, ...hub }) : loadSplit(task, settings.data, split, { limit });
}

/** The base model with a fresh head: equal settings give equal weights. */
function loadModel(task: Task, settings: RunSettings, hub: HubOptions): Promise<Pretrained> {
  const head = task.kind === 'regression' ? ({ kind: 'regression' } as const) : ({ kind: 'classification', labels: task.labels.length } as const);
  return loadPretrained(settings.model, { head, random: new Random(settings.seed).fork('head'), ...hub });
}

/** Which parameters to select from. @throws UnmaskError for a pattern that is none or matches nothing */
function scopeOf({ scope }: RunSettings, parameters: readonly Parameter[]): (parameter: Parameter) => boolean {
  if (scope === null) return () => true;
  let pattern: RegExp;
  try {
    pattern = new RegExp(scope);
  } catch (cause) {
    throw new UnmaskError(`the scope "${scope}" is no regular expression: ${(cause as Error).message}`, { cause });
  }
  const matches = ({ name }: Parameter) => pattern.test(name);
  if (!parameters.some(matches)) {
    throw new UnmaskError(`the scope "${scope}" matches none of ${parameters.length} parameters; they are named like ${parameters[0].name}`, { code: 'not-found' });
  }
  return matches;
}

/** Entries left for selection once the head has had its share. @throws UnmaskError when there are none, or too few to select from */
function selectionBudget({ budget, method, head }: RunSettings, selectable: number, headSize: number): number {
  if (budget === null) throw new UnmaskError(`method ${method} needs a budget: give --budget N, the number of entries that it may unmask`);
  if (budget > selectable) {
    throw new UnmaskError(`budget ${budget} is larger than the ${selectable} entries that can be unmasked: give --budget at most ${selectable}`);
  }
  if (head !== 'counted') return budget;
  if (budget <= headSize) {
    throw new UnmaskError(`budget ${budget} does not hold the head's ${headSize} entries: raise --budget, or use --head free`);
  }
  return budget - headSize;
}

/** Whether the delta on disk turns a fresh base model into the trained one, bit for bit; so no weight outside it moved. */
async function deltaReproduces(path: string, task: Task, settings: RunSettings, hub: HubOptions, trained: readonly Parameter[]): Promise<boolean> {
  const { model } = await loadModel(task, settings, hub);
  const fresh = model.parameters();
  applyDelta(fresh, await loadDelta(path));
  const bits = (parameter: Parameter) => {
    const values = parameter.read();
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  };
  const equal = fresh.every((parameter, index) => bits(parameter).equals(bits(trained[index])));
  model.dispose();
  return equal;
}
