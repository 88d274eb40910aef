import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { applyDelta, loadDelta, saveDelta, type SelectiveTraining } from '@unmask/id3';
import { loadPretrained, type Pretrained, type SequenceClassifier } from '@unmask/models';
import { linearDecay } from '@unmask/optimizers';
import { epochBatches, evaluate, getTask, loadSplit, majorityBaseline, synthesizeSplit, type Example, type Task } from '@unmask/tasks';
import { crossEntropy, meanSquaredError, type Parameter, Random, tf, UnmaskError } from '@unmask/tensor-core';
import { gitHash, versions } from './environment.js';
import { predict } from './evaluate.js';
import { ensureWritableFolder, writeFileAtomically } from './files.js';
import { peakMemoryMB, resetPeakMemory } from './memory.js';
import { getMethod } from './methods.js';
import { runName, type RunResult, type RunSettings } from './result.js';
import { collate, disposeBatch, encodeExamples, type EncodedExample, type TextBatch } from './text-batches.js';
import { train, type StepProgress } from './trainer.js';

/** Share of the steps over which the learning rate rises from zero. */
const WARMUP = 0.06;
/** Rows that a split of generated data has when no limit is given. */
const SYNTHETIC_ROWS = { train: 1000, validation: 200 } as const;

/** What a run tells of its progress. */
export interface RunHooks {
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
  readonly hooks?: RunHooks;
}

/**
 * One run from data to `result.json`: load, train, evaluate, save the change, and prove that the saved change gives the
 * trained weights bit for bit on a fresh base model.
 * @throws UnmaskError for settings, data or files that cannot work; nothing is left half-written
 */
export async function runExperiment(settings: RunSettings, { out, backend, hooks = {} }: RunContext): Promise<RunResult> {
  const [task, method] = [getTask(settings.task), getMethod(settings.method)];
  const folder = join(out, runName(settings));
  await ensureWritableFolder(folder);
  resetPeakMemory();

  const trainExamples = await loadExamples(task, 'train', settings);
  const evaluationExamples = await loadExamples(task, 'validation', settings);
  const pretrained = await loadModel(task, settings);
  try {
    const { model, tokenizer } = pretrained;
    const parameters = model.parameters();
    const totalParameters = count(parameters);
    const head = new Set(pretrained.newParameters);
    const headSize = count(parameters.filter(({ name }) => head.has(name)));
    const budget = selectionBudget(settings, method.budgeted, totalParameters, headSize);
    const encoded = encodeExamples(tokenizer, trainExamples, settings.maxLength);
    const steps = settings.maxSteps ?? settings.epochs! * Math.ceil(encoded.length / settings.batchSize);
    const dense = ({ name }: Parameter) => settings.head !== 'competes' && head.has(name);
    const training = method.strategy({ budget: budget ?? totalParameters, steps, seed: settings.seed, dense }).bind(parameters);
    hooks.onStart?.({ settings, steps, budget });
    const { finalLoss, seconds: secondsTraining, examplesSeen } = await fineTune(task, settings, model, training, encoded, steps, hooks);

    const started = performance.now();
    const encodedEvaluation = encodeExamples(tokenizer, evaluationExamples, settings.maxLength);
    const predictions = predict(model, task, encodedEvaluation, settings.batchSize * 2, (done) => hooks.onEvaluate?.(done, encodedEvaluation.length));
    const metrics = evaluate(task, predictions, evaluationExamples.map((example) => example.label));
    const secondsEvaluating = (performance.now() - started) / 1000;
    const peak = peakMemoryMB();

    const deltaFile = 'delta.safetensors';
    const deltaPath = join(folder, deltaFile);
    await saveDelta(deltaPath, training.delta(), { model: settings.model, method: settings.method, budget, seed: settings.seed });
    const headApart = settings.head === 'free' && method.budgeted ? headSize : 0;
    const result: RunResult = {
      ...settings,
      budget: method.budgeted ? settings.budget : null,
      backend,
      dataOrigin: settings.data === 'synthetic' ? 'synthetic' : settings.limit === null ? 'real' : 'sample',
      totalParameters,
      trainedParameters: training.trainedParameters,
      unmaskedEntries: training.trainedParameters - headApart,
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
      deltaVerified: await deltaReproduces(deltaPath, task, settings, parameters),
      versions: versions(),
      gitHash: gitHash(),
      finishedAt: new Date().toISOString(),
    };
    await writeFileAtomically(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } finally {
    pretrained.model.dispose();
  }
}

/** Trains for `steps` steps; the learning rate warms up, then falls linearly to zero. */
async function fineTune(
  task: Task,
  { learningRate, batchSize, seed }: RunSettings,
  model: SequenceClassifier,
  training: SelectiveTraining,
  examples: readonly EncodedExample[],
  steps: number,
  hooks: RunHooks,
): Promise<{ finalLoss: number; seconds: number; examplesSeen: number }> {
  const random = new Random(seed);
  const dropout = random.fork('dropout');
  const schedule = linearDecay({ steps, warmup: Math.round(WARMUP * steps) });
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  let examplesSeen = 0;
  const { finalLoss } = await train<TextBatch>({
    training,
    batches: trainingBatches(examples, batchSize, steps, random.fork('order')),
    loss: (batch) => {
      examplesSeen += batch.labels.length;
      return batchLoss(task, model.forward(batch, dropout), batch.labels);
    },
    learningRate: (step) => learningRate * schedule(step),
    onStep: (progress) => hooks.onStep?.({ ...progress, examplesPerSecond: examplesSeen / elapsed() }),
  });
  return { finalLoss, seconds: elapsed(), examplesSeen };
}

const count = (parameters: readonly Parameter[]) => parameters.reduce((sum, parameter) => sum + parameter.size, 0);

function loadExamples(task: Task, split: 'train' | 'validation', settings: RunSettings): Promise<Example[]> | Example[] {
  if (settings.data === 'synthetic') {
    return synthesizeSplit(task, split, { seed: settings.seed, count: settings.limit ?? SYNTHETIC_ROWS[split] });
  }
  return loadSplit(task, settings.data, split, settings.limit === null ? {} : { limit: settings.limit });
}

/** The base model with a fresh head: equal settings give equal weights. */
function loadModel(task: Task, settings: RunSettings): Promise<Pretrained> {
  const head = task.kind === 'regression' ? ({ kind: 'regression' } as const) : ({ kind: 'classification', labels: task.labels.length } as const);
  return loadPretrained(settings.model, { head, random: new Random(settings.seed).fork('head') });
}

/** Entries left for selection once the head has had its share; null for a method without a budget. */
function selectionBudget(settings: RunSettings, budgeted: boolean, total: number, headSize: number): number | null {
  if (!budgeted) return null;
  const budget = settings.budget;
  if (budget === null) throw new UnmaskError(`method ${settings.method} needs a budget: give --budget N, the number of entries that it may unmask`);
  const selectable = settings.head === 'free' ? total - headSize : total;
  if (budget > selectable) {
    throw new UnmaskError(`budget ${budget} is larger than the ${selectable} entries that can be unmasked: give --budget at most ${selectable}`);
  }
  if (settings.head !== 'counted') return budget;
  if (budget <= headSize) {
    throw new UnmaskError(`budget ${budget} does not hold the head's ${headSize} entries: raise --budget, or use --head free`);
  }
  return budget - headSize;
}

/** One batch a step, over as many epochs as it takes; each batch is freed when the next one is asked for. */
function* trainingBatches(examples: readonly EncodedExample[], batchSize: number, steps: number, random: Random): Generator<TextBatch> {
  const lengths = examples.map((example) => example.inputIds.length);
  let step = 0;
  while (step < steps) {
    for (const indices of epochBatches(lengths, batchSize, random)) {
      if (step++ >= steps) return;
      const batch = collate(examples, indices);
      try {
        yield batch;
      } finally {
        disposeBatch(batch);
      }
    }
  }
}

/** Cross entropy for classes, mean squared error for scores. */
function batchLoss(task: Task, logits: tf.Tensor, labels: readonly number[]): tf.Tensor {
  return task.kind === 'regression'
    ? meanSquaredError(logits, tf.tensor1d([...labels]))
    : crossEntropy(logits, tf.tensor1d([...labels], 'int32'));
}

/** Whether the delta on disk turns a fresh base model into the trained one, bit for bit; so no weight outside it moved. */
async function deltaReproduces(path: string, task: Task, settings: RunSettings, trained: readonly Parameter[]): Promise<boolean> {
  const { model } = await loadModel(task, settings);
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
