import type { SelectiveTraining } from '@unmask/id3';
import type { TransformerModel } from '@unmask/models';
import { linearDecay } from '@unmask/optimizers';
import { epochBatches, type Task } from '@unmask/tasks';
import { Random, streamGradients, type tf } from '@unmask/tensor-core';
import { batchLoss } from './batch-loss.js';
import type { Checkpoint } from './checkpoint.js';
import type { EncodedExample } from './encode.js';
import type { RunSettings } from './result.js';
import { collate, disposeBatch, type TextBatch } from './text-batches.js';
import { train, type StepProgress } from './trainer.js';

/** Share of the steps over which the learning rate rises from zero. */
const WARMUP = 0.06;
/** Examples from which a metric is estimated before training, as FishMask's authors do (or all, if there are fewer). */
const ESTIMATE_EXAMPLES = 1024;

/** What {@link fineTune} needs. */
export interface FineTuneOptions {
  readonly task: Task;
  readonly settings: RunSettings;
  readonly model: TransformerModel;
  readonly training: SelectiveTraining;
  readonly examples: readonly EncodedExample[];
  /** Optimizer steps of the whole run. */
  readonly steps: number;
  readonly checkpoint: Checkpoint;
  /** Steps from one save of the run's state to the next. */
  readonly checkpointEvery: number;
  readonly onEstimate?: ((done: number, total: number) => void) | undefined;
  readonly onStep?: ((progress: StepProgress & { examplesPerSecond: number }) => void) | undefined;
}

/** What {@link fineTune} found. */
export interface FineTuneSummary {
  readonly finalLoss: number;
  /** Of training and a metric's estimate, over all parts of an interrupted run. */
  readonly seconds: number;
  readonly examplesSeen: number;
}

/** Trains from the run's last checkpoint, or from the start; the learning rate warms up, then falls linearly to zero. */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneSummary> {
  const { task, settings, model, training, examples, steps, checkpoint, checkpointEvery, onStep } = options;
  const { learningRate, batchSize, seed } = settings;
  const random = new Random(seed);
  const dropout = random.fork('dropout');
  const earlier = await checkpoint.restore(training, dropout);
  const started = performance.now();
  const elapsed = () => (earlier?.seconds ?? 0) + (performance.now() - started) / 1000;
  const loss = (batch: TextBatch, dropout?: Random) => batchLoss(task, model.forward(batch, { random: dropout }), batch);
  if (training.needsEstimate) await estimate(options, random.fork('estimate'), loss);

  const schedule = linearDecay({ steps, warmup: Math.round(WARMUP * steps) });
  let examplesSeen = earlier?.examplesSeen ?? 0;
  const { finalLoss } = await train<TextBatch>({
    training,
    batches: trainingBatches(examples, batchSize, training.steps, steps, random.fork('order')),
    earlierLosses: earlier?.losses ?? [],
    loss: (batch) => {
      examplesSeen += batch.examples.length;
      return loss(batch, settings.dropout ? dropout : undefined);
    },
    learningRate: (step) => learningRate * schedule(step),
    onStep: (progress) => onStep?.({ ...progress, examplesPerSecond: examplesSeen / elapsed() }),
    afterStep: (losses) => {
      if (losses.length % checkpointEvery !== 0 || losses.length === steps) return undefined;
      return checkpoint.save(training, dropout, { losses, examplesSeen, seconds: elapsed() });
    },
  });
  return { finalLoss, seconds: elapsed(), examplesSeen };
}

/** Shows a metric the gradients of single training examples, without dropout. */
async function estimate({ examples, training, onEstimate }: FineTuneOptions, random: Random, loss: (batch: TextBatch) => tf.Tensor): Promise<void> {
  const chosen = random.shuffle(Array.from(examples.keys())).slice(0, ESTIMATE_EXAMPLES);
  for (const [index, example] of chosen.entries()) {
    const batch = collate(examples, [example]);
    streamGradients(() => loss(batch), training.observe).dispose();
    disposeBatch(batch);
    onEstimate?.(index + 1, chosen.length);
    await new Promise(setImmediate); // so that progress shows
  }
}

/**
 * One batch a step from step `done` + 1 to `steps`, over as many epochs as it takes; each batch is freed when the next one is
 * asked for. The order depends on `random` alone, so a resumed run sees what it would have seen.
 */
function* trainingBatches(examples: readonly EncodedExample[], batchSize: number, done: number, steps: number, random: Random): Generator<TextBatch> {
  const lengths = examples.map((example) => example.inputIds.length);
  let step = 0;
  while (step < steps) {
    for (const indices of epochBatches(lengths, batchSize, random)) {
      if (step++ >= steps) return;
      if (step <= done) continue;
      const batch = collate(examples, indices);
      try {
        yield batch;
      } finally {
        disposeBatch(batch);
      }
    }
  }
}
