import { PeftModel } from '@unmask/adapters';
import type { Lock } from '@unmask/files';
import { applyDelta, type SelectiveTraining } from '@unmask/id3';
import { locateModel, Tokenizer } from '@unmask/models';
import type { Example, Task } from '@unmask/tasks';
import { factsOf, joinPath, type Parameter, removePath, UnmaskError, writeWhole } from '@unmask/tensor-core';
import { type EvaluationSet, holdOut, type TaskData } from '../data.js';
import { checkAnswers, checkLimits, encodeExamples } from '../encoding/encode.js';
import type { EncodedExample } from '../encoding/encoded.js';
import { limitsOf, virtualTokens } from '../encoding/limits.js';
import { peakMemoryMB, resetPeakMemory } from '../environment/memory.js';
import { gitHash, versions } from '../environment/versions.js';
import { checkPrompts, measure, type Measurements, summarize } from '../evaluation/measure.js';
import { ensureWritableFolder, hashOf, removeTemporaries } from '../files/files.js';
import { FILES } from '../files/names.js';
import { formOf } from '../forms/index.js';
import { count, scopeOf, selectionBudget } from '../methods/budget.js';
import type { Method } from '../methods/method.js';
import { getMethod } from '../methods/methods.js';
import type { TrainingResult } from '../result.js';
import { checkSettings, type TrainingSettings } from '../settings.js';
import { startAtMean } from '../trainee/score-head.js';
import { loadTrainee, type ModelPlace, type Trainee } from '../trainee/trainee.js';
import { BestWeights } from './best-step.js';
import type { TrainerCallback } from './callbacks.js';
import { type ComputeLoss, tune, type TuneSummary } from './tune.js';

/** Where a training's files go and what it ran on. */
export interface TrainingContext<Settings = TrainingSettings> extends ModelPlace {
  /** The training's own folder; made if need be. */
  readonly folder: string;
  /** Name of the engine in use. */
  readonly backend: string;
  /** Steps from one save of the training's state to the next, 200 by default. A training that was cut off continues from the last one. */
  readonly checkpointEvery?: number;
  /** Whether the history is written as an event file of TensorBoard, too; false by default. */
  readonly tensorboard?: boolean;
  /** Asks the training to save its state after the running step and to end with an UnmaskError `interrupted`. */
  readonly signal?: AbortSignal;
  /** Under which the folder is written to: once another process has it, the training ends with an UnmaskError `interrupted`. */
  readonly lock?: Pick<Lock, 'isHeld'>;
  readonly hooks?: TrainerCallback<Settings>;
  /** The method itself, where the settings' name is not that of a known one. */
  readonly method?: Method;
  readonly computeLoss?: ComputeLoss | undefined;
}

/**
 * One training from examples to `result.json`: load the model, train, evaluate, save the change, and prove that the saved
 * change gives the trained weights bit for bit on a fresh base model.
 * @throws UnmaskError for settings, data or files that cannot work; nothing is left half-written
 */
export async function runTraining<Settings extends TrainingSettings>(settings: Settings, task: Task, data: TaskData, context: TrainingContext<Settings>): Promise<TrainingResult & Settings> {
  const { folder, hooks = {} } = context;
  checkSettings(settings);
  const { method = getMethod(settings.method) } = context;
  await ensureWritableFolder(folder);
  await removeTemporaries(folder);
  resetPeakMemory();

  const { evaluation, origin } = data;
  const { train, dev } = holdOut(task, data, settings);
  const arranged = await arrangedRows(settings, task, train, context);
  const steps = stepsOf(settings, arranged?.length ?? train.length);
  const load = async () => {
    const loaded = await loadTrainee(task, method, settings, steps, context);
    if (task.kind === 'regression') startAtMean(loaded, settings, train);
    return loaded;
  };
  let trainee = await load();
  try {
    checkPrompts(trainee, [...evaluation, ...dev]);
    const encoded = await encodeSets(settings, trainee, [...evaluation, ...dev]);
    const onProgress = hooks.onPredict?.bind(hooks);
    const before = task.baseline === 'untrained' ? (await measure(trainee, evaluation, { settings, train, encoded, onProgress })).scores : undefined;
    const { training, budget } = bind(settings, method, trainee, steps);
    await hooks.onStart?.({ settings, steps, budget });
    const tuned = await tuneIn(context, settings, { task, trainee, training, steps, train, arranged, dev, encoded });
    const kept = await keptOf(training, tuned, folder);
    if (kept.replaces) {
      trainee.model.dispose();
      trainee = await load();
      applyDelta(trainee.parameters, kept.delta);
    }
    const started = performance.now();
    const { scores, predictions } = await measure(trainee, evaluation, { settings, train, encoded, before, onProgress });
    const secondsEvaluating = (performance.now() - started) / 1000;
    const peak = peakMemoryMB();

    const deltaFile = await trainee.save(folder, kept.delta);
    const path = joinPath(folder, deltaFile);
    const result: TrainingResult & Settings = {
      ...settings,
      backend: tuned.backends.join(' + '),
      dataOrigin: origin,
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
      deltaBytes: (await factsOf(path))!.size,
      deltaSha256: await hashOf(path),
      deltaVerified: await trainee.verify(folder),
      versions: versions(),
      gitHash: gitHash(),
      finishedAt: new Date().toISOString(),
    };
    await write(folder, result, predictions);
    await hooks.onEnd?.(result);
    return result;
  } finally {
    trainee.model.dispose();
  }
}

/** Training rows that are packed, cut or paired: how many examples that makes decides on the steps, which loading the model asks for. */
async function arrangedRows(settings: TrainingSettings, task: Task, train: readonly Example[], { model = settings.model, hub = {} }: ModelPlace): Promise<readonly EncodedExample[] | undefined> {
  const { arrange, tokenizer: own } = formOf(task);
  if (!arrange) return undefined;
  const tokenizer = await Tokenizer.load(await locateModel(model, hub));
  return arrange(encodeRows(settings, task, own?.(task, tokenizer) ?? tokenizer, train), settings, task);
}

/** Training rows as tokens. @throws UnmaskError when nothing of their answers is left */
function encodeRows(settings: TrainingSettings, task: Task, tokenizer: Tokenizer, train: readonly Example[]): readonly EncodedExample[] {
  const encoded = encodeExamples<Task>(task, tokenizer, train, settings);
  checkAnswers(task, tokenizer, train, encoded, settings.maxLength);
  return encoded;
}

/** Evaluation sets as tokens, with what the model before training holds of them: what it cannot read is found now, and not when the training is done. */
async function encodeSets(settings: TrainingSettings, trainee: Trainee, sets: readonly EvaluationSet[]): Promise<ReadonlyMap<EvaluationSet, readonly EncodedExample[]>> {
  const encoded = new Map<EvaluationSet, readonly EncodedExample[]>();
  for (const set of sets) {
    const { arrange, reference } = formOf(set.task);
    const limits = { ...limitsOf(trainee), ...(arrange && { positions: Infinity }) }; // what is cut up may be longer than the model reads at once
    const own = encodeExamples<Task>(set.task, trainee.tokenizer, set.examples, { ...settings, limits });
    encoded.set(set, (await reference?.(set.task, trainee, own, settings.batchSize)) ?? own);
  }
  return encoded;
}

function stepsOf({ maxSteps, epochs, batchSize, accumulate }: TrainingSettings, examples: number): number {
  return maxSteps ?? epochs! * Math.ceil(examples / (batchSize * accumulate));
}

function bind(settings: TrainingSettings, method: Method, trainee: Trainee, steps: number): { training: SelectiveTraining; budget: number | null } {
  const scope = scopeOf(settings, trainee.parameters);
  const budget = method.trains === 'budget' ? selectionBudget(settings, trainee, scope) : null;
  const dense = (parameter: Parameter) => settings.head !== 'competes' && trainee.isHead(parameter);
  const training = method.strategy({ ...settings, budget: budget ?? 0, steps, scope, dense }).bind(trainee.parameters);
  return { training, budget };
}

/** What is trained on what. */
interface Tuning {
  readonly task: Task;
  readonly trainee: Trainee;
  readonly training: SelectiveTraining;
  readonly steps: number;
  readonly train: readonly Example[];
  /** The training rows, where they are {@link arrangedRows}. */
  readonly arranged: readonly EncodedExample[] | undefined;
  readonly dev: readonly EvaluationSet[];
  readonly encoded: ReadonlyMap<EvaluationSet, readonly EncodedExample[]>;
}

async function tuneIn<Settings extends TrainingSettings>({ folder, backend, checkpointEvery = 200, tensorboard = false, signal, lock, hooks = {}, computeLoss }: TrainingContext<Settings>, settings: Settings, { task, trainee, training, steps, train, arranged, dev, encoded }: Tuning): Promise<TuneSummary> {
  const form = formOf(task);
  const rows = arranged ?? encodeRows(settings, task, trainee.tokenizer, train);
  checkLimits(rows, limitsOf(trainee), trainee.tokenizer);
  if (trainee.model instanceof PeftModel && virtualTokens(trainee.model) > 0 && rows.some(({ texts }) => texts)) {
    throw new UnmaskError(`${settings.method} puts its own tokens before a text, and packed sequences hold several: train without packing (--packing), or by another method`, { code: 'unsupported' });
  }
  const examples = (await form.reference?.(task, trainee, rows, settings.batchSize)) ?? rows;
  return tune({
    examples, settings, training, steps, folder, backend, checkpointEvery, tensorboard, signal, lock, hooks,
    model: trainee.model,
    loss: computeLoss ? { of: (batch, forward) => computeLoss(forward(batch), batch) } : form.loss(task, settings, train, trainee),
    evaluate: async () => (await measure(trainee, dev, { settings, train, encoded })).scores,
  });
}

/** The weights that a run keeps: its last ones, or those of an earlier step that evaluations found best. */
async function keptOf(training: SelectiveTraining, { best, steps }: TuneSummary, folder: string) {
  const { unmaskedEntries, touchedEntries, trainedParameters } = training;
  if (!best || best.step === steps) return { unmaskedEntries, touchedEntries, trainedParameters, delta: training.delta(), replaces: false };
  return { ...best, delta: await new BestWeights(joinPath(folder, FILES.best)).load(), replaces: true };
}

type Counts = Pick<TrainingResult, 'totalParameters' | 'trainedParameters' | 'unmaskedEntries' | 'touchedEntries' | 'headParameters' | 'gradientUpdates'>;

function countsOf(
  settings: TrainingSettings,
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
async function write(folder: string, result: TrainingResult, predictions: Measurements['predictions']): Promise<void> {
  await writeWhole(joinPath(folder, FILES.predictions), JSON.stringify(predictions));
  await writeWhole(joinPath(folder, FILES.result), `${JSON.stringify(result, null, 2)}\n`);
  for (const name of [FILES.state, FILES.best]) await removePath(joinPath(folder, name));
}
