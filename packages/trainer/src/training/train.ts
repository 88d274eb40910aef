import type { SelectiveTraining } from '@unmask/id3';
import { GradientAccumulator, type GradientSink, nextTurn, streamGradients, type tf, UnmaskError } from '@unmask/tensor-core';

/** What {@link train} reports after each step. */
export interface StepProgress {
  /** 1-based. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Entries unmasked so far. */
  readonly unmasked: number;
}

/** What {@link train} needs. */
export interface TrainOptions<Batch> {
  readonly training: SelectiveTraining;
  /** The batches of each step to do, one or more; of several the gradients are added up before the step. */
  readonly steps: Iterable<readonly Batch[]>;
  /** Scalar mean loss of a batch, from tensor-core's operations. */
  readonly loss: (batch: Batch) => tf.Tensor;
  /** Of losses that know of each other: what takes the place of `loss` in a step of several batches, all of which weigh alike. */
  readonly together?: ((batches: readonly Batch[]) => (batch: Batch) => tf.Tensor) | undefined;
  /** How many terms a batch's mean loss is of, which is its weight among the batches of its step; 1 by default. */
  readonly weight?: (batch: Batch) => number;
  /** 1-based step → learning rate. */
  readonly learningRate: (step: number) => number;
  /** Where gradients go; the training's sink by default, and one that passes them on to it otherwise. */
  readonly sink?: GradientSink;
  /** Losses of the steps that an earlier part of the run has done; none by default. */
  readonly earlierLosses?: readonly number[];
  /** Called and awaited after each step: the place to evaluate, and to save the state. True ends the training. */
  readonly afterStep?: (progress: StepProgress, losses: readonly number[]) => Promise<boolean | undefined> | undefined;
}

/** What {@link train} found. */
export interface TrainSummary {
  readonly steps: number;
  /** Mean loss over the last tenth of the steps. */
  readonly finalLoss: number;
}

/**
 * The training loop: forward, backward with streamed gradients, select and update, once a step. It lets the event loop
 * turn between steps, so that progress shows and interrupts arrive.
 * @throws UnmaskError when the loss stops being a finite number
 */
export async function train<Batch>(options: TrainOptions<Batch>): Promise<TrainSummary> {
  const { training, steps, earlierLosses = [], learningRate: rateOf, afterStep } = options;
  const losses = [...earlierLosses];
  for (const batches of steps) {
    const step = losses.length + 1;
    const learningRate = rateOf(step);
    const loss = gradientsOf(batches, options);
    if (!Number.isFinite(loss)) {
      training.discardGradients();
      throw new UnmaskError(`the loss is ${loss} at step ${step}: lower the learning rate (now ${learningRate})`, { code: 'bad-data' });
    }
    const { unmasked } = training.step(learningRate);
    losses.push(loss);
    if (await afterStep?.({ step, loss, learningRate, unmasked }, losses)) break;
    await nextTurn();
  }
  const tail = losses.slice(-Math.max(1, Math.ceil(losses.length / 10)));
  return { steps: losses.length, finalLoss: tail.reduce((sum, value) => sum + value, 0) / tail.length };
}

/** Streams the gradients of a step's mean loss. @returns the loss */
function gradientsOf<Batch>(batches: readonly Batch[], { training, loss: alone, together, weight: ownWeight = () => 1, sink = training.sink }: TrainOptions<Batch>): number {
  if (batches.length === 1) return valueOf(streamGradients(() => alone(batches[0]), sink));
  const [loss, weight] = together ? [together(batches), () => 1] : [alone, ownWeight];
  const total = batches.reduce((sum, batch) => sum + weight(batch), 0);
  const accumulator = new GradientAccumulator(sink);
  try {
    const losses = batches.map((batch, index) => {
      const scale = weight(batch) / total;
      return scale * valueOf(streamGradients(() => loss(batch), index < batches.length - 1 ? accumulator.add : accumulator.last, { scale }));
    });
    accumulator.flush();
    return losses.reduce((sum, value) => sum + value, 0);
  } finally {
    accumulator.dispose();
  }
}

function valueOf(scalar: tf.Tensor): number {
  const [value] = scalar.dataSync();
  scalar.dispose();
  return value;
}
