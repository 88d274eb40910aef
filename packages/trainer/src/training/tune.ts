import { finishStep, observed, PeftModel, withPenalties } from '@unmask/adapters';
import type { Lock } from '@unmask/files';
import type { SelectiveTraining } from '@unmask/id3';
import type { TransformerModel } from '@unmask/models';
import { constant, cosineDecay, linearDecay, type LearningRateSchedule } from '@unmask/optimizers';
import { joinPath, nextTurn, Random, streamGradients, type tf, UnmaskError } from '@unmask/tensor-core';
import { type BestStep, BestWeights } from './best-step.js';
import type { TrainerCallback, TrainerControl } from './callbacks.js';
import { Checkpoint } from './checkpoint.js';
import type { EncodedExample } from '../encoding/encoded.js';
import type { FormLoss } from '../forms/form.js';
import { primaryValueOf } from '../evaluation/measure.js';
import type { Score } from '../result.js';
import type { DecayName, TrainingSettings } from '../settings.js';
import { HistoryWriter } from './history.js';
import { FILES, type HistoryLine } from '../files/names.js';
import { collate, disposeBatch, type TextBatch, trainingBatches } from '../encoding/text-batches.js';
import { Forwards } from './forwards.js';
import { train } from './train.js';

/** Examples from which a metric is estimated before training, as FishMask's authors do (or all, if there are fewer). */
const ESTIMATE_EXAMPLES = 1024;
/** How often in a run its history says where the unmasked entries are. */
const PLACES_RECORDED = 20;

const DECAYS: Readonly<Record<DecayName, (options: { steps: number; warmup: number }) => LearningRateSchedule>> = { linear: linearDecay, cosine: cosineDecay, constant };

/** A loss of one's own in place of the task's (HF's compute_loss_func): of the logits of a batch, a scalar by the operations of `tensor-core`. */
export type ComputeLoss = (logits: tf.Tensor, batch: TextBatch) => tf.Tensor;

/** What {@link tune} needs. */
export interface TuneOptions {
  readonly loss: FormLoss;
  readonly settings: TrainingSettings;
  readonly model: TransformerModel;
  readonly training: SelectiveTraining;
  readonly examples: readonly EncodedExample[];
  /** Optimizer steps of the whole run. */
  readonly steps: number;
  /** The run's folder, for its history, checkpoints and best weights. */
  readonly folder: string;
  /** Steps from one save of the run's state to the next. */
  readonly checkpointEvery: number;
  /** Whether the history is written for TensorBoard, too. */
  readonly tensorboard: boolean;
  /** Measures the model as it is, for evaluations during training. */
  readonly evaluate: () => Promise<readonly Score[]>;
  /** Name of the engine in use. */
  readonly backend: string;
  /** Asks to end after the running step. */
  readonly signal?: AbortSignal | undefined;
  /** Under which the folder is written to. */
  readonly lock?: Pick<Lock, 'isHeld'> | undefined;
  readonly hooks: Pick<TrainerCallback, 'onEstimate' | 'onStep' | 'onEvaluate' | 'onSave' | 'onNote'>;
}

/** What {@link tune} found. */
export interface TuneSummary {
  readonly finalLoss: number;
  /** Steps made: fewer than asked for when the patience was over. */
  readonly steps: number;
  /** Of training and a metric's estimate, over all parts of an interrupted run; evaluations are left out. */
  readonly seconds: number;
  readonly examplesSeen: number;
  /** By evaluations during training. */
  readonly best: BestStep | undefined;
  /** Names of the engines that it ran on: more than one if it went on on another. */
  readonly backends: readonly string[];
}

/**
 * Trains from the run's last checkpoint, or from the start.
 * @throws UnmaskError `interrupted` after the signal, once the state is saved, or when another process has taken over
 */
export async function tune(options: TuneOptions): Promise<TuneSummary> {
  const { settings, loss, model, training, examples, steps, folder, checkpointEvery, tensorboard, evaluate, backend, signal, lock, hooks } = options;
  const { learningRate, batchSize, accumulate, evaluateEvery, patience, seed } = settings;
  const random = new Random(seed);
  const dropout = random.fork('dropout');
  const bestWeights = new BestWeights(joinPath(folder, FILES.best));
  const checkpoint = new Checkpoint(joinPath(folder, FILES.state), bestWeights, settings);
  const adapter = model instanceof PeftModel ? model : undefined;
  const changing = { training, dropout, adapter };
  const earlier = await checkpoint.restore(changing, (note) => hooks.onNote?.(note));
  const backends = [...new Set([...(earlier?.backends ?? []), backend])];
  const history = await HistoryWriter.resume(folder, training.steps, { tensorboard });
  const clock = new Clock(earlier?.seconds);
  if (training.needsEstimate) await estimate(options, random.fork('estimate'));

  const schedule = DECAYS[settings.decay]({ steps, warmup: Math.min(steps - 1, Math.round(settings.warmup * steps)) });
  let examplesSeen = earlier?.examplesSeen ?? 0;
  let best = earlier?.best;
  let isStopped = false;
  const control: TrainerControl = { stop: () => void (isStopped = true) };
  const forward = new Forwards(model, settings.dropout ? dropout : undefined);
  const whole = (value: tf.Tensor) => (adapter ? withPenalties(adapter, value) : value);
  const { finalLoss, steps: made } = await train<TextBatch>({
    training,
    steps: trainingBatches(examples, { batchSize, accumulate, done: training.steps, steps }, random.fork('order')),
    earlierLosses: earlier?.losses ?? [],
    loss: (batch) => {
      examplesSeen += batch.examples.length;
      return whole(loss.of(batch, forward.once));
    },
    together: loss.together && ((batches) => {
      const ofEach = loss.together!(batches, forward.again());
      return (batch) => {
        examplesSeen += batch.examples.length;
        return whole(ofEach(batch));
      };
    }),
    weight: (batch) => loss.weight?.(batch) ?? batch.labels,
    learningRate: (step) => learningRate * schedule(step),
    sink: adapter ? observed(adapter, training.sink) : training.sink,
    afterStep: async (progress, losses) => {
      const { step } = progress;
      if (lock && !(await lock.isHeld())) throw new UnmaskError(`another process has taken over the training in ${folder}, as this one stood still: it goes on there`, { code: 'interrupted' });
      if (adapter) finishStep(adapter, step);
      await history.add({ ...progress, seconds: clock.seconds }, ...placesOf(training, step, steps));
      await hooks.onStep?.({ ...progress, examplesPerSecond: examplesSeen / clock.seconds }, control);
      let isOver = step === steps || isStopped;
      if (evaluateEvery !== null && (step % evaluateEvery === 0 || isOver)) {
        const scores = await clock.pausedFor(evaluate);
        await history.add({ step, scores });
        await hooks.onEvaluate?.({ step, scores }, control);
        best = await bestWeights.consider(step, primaryValueOf(scores), best, training);
        isOver ||= isStopped || (patience !== null && best.evaluationsSince >= patience);
      }
      if (isOver) return true;
      if (signal?.aborted || step % checkpointEvery === 0) {
        await checkpoint.save(changing, { losses, examplesSeen, seconds: clock.seconds, best, backends });
        await hooks.onSave?.({ step, folder }, control);
      }
      if (signal?.aborted) throw new UnmaskError(`saved after step ${step} of ${steps}: the same command continues from there`, { code: 'interrupted' });
      return isStopped;
    },
  });
  return { finalLoss, steps: made, seconds: clock.seconds, examplesSeen, best, backends };
}

/** Shows a metric the gradients of single training examples, without dropout. */
async function estimate(options: TuneOptions, random: Random): Promise<void> {
  const { examples, training, hooks } = options;
  const chosen = random.shuffle(Array.from(examples.keys())).slice(0, ESTIMATE_EXAMPLES);
  for (const [index, example] of chosen.entries()) {
    const batch = collate(examples, [example]);
    streamGradients(() => options.loss.of(batch, (given) => options.model.forward(given)), training.observe).dispose();
    disposeBatch(batch);
    hooks.onEstimate?.(index + 1, chosen.length);
    await nextTurn(); // so that progress shows
  }
}

/** Where the unmasked entries are, every so often. */
function placesOf(training: SelectiveTraining, step: number, steps: number): HistoryLine[] {
  if (training.unmaskedEntries === 0 || (step % Math.ceil(steps / PLACES_RECORDED) !== 0 && step !== steps)) return [];
  return [{ step, unmaskedByTensor: training.unmaskedByParameter() }];
}

/** Measures seconds, with pauses. */
class Clock {
  #started = performance.now();

  /** @param earlier seconds already on the clock */
  constructor(earlier = 0) {
    this.#started -= earlier * 1000;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  async pausedFor<T>(action: () => Promise<T>): Promise<T> {
    const paused = performance.now();
    const result = await action();
    this.#started += performance.now() - paused;
    return result;
  }
}
