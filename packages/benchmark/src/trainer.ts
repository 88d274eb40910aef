import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SelectiveTraining } from '@unmask/id3';
import { streamGradients, UnmaskError, type tf } from '@unmask/tensor-core';

/** What {@link train} reports after each step. */
export interface StepProgress {
  /** 1-based. */
  readonly step: number;
  readonly loss: number;
  /** Entries unmasked so far. */
  readonly unmasked: number;
}

/** What {@link train} needs. */
export interface TrainOptions<Batch> {
  readonly training: SelectiveTraining;
  /** The batches of the steps to do, one a step. */
  readonly batches: Iterable<Batch>;
  /** Losses of the steps that an earlier part of the run has done; none by default. */
  readonly earlierLosses?: readonly number[];
  /** Scalar mean loss of a batch, from tensor-core's operations. */
  readonly loss: (batch: Batch) => tf.Tensor;
  /** 1-based step → learning rate. */
  readonly learningRate: (step: number) => number;
  readonly onStep?: (progress: StepProgress) => void;
  /** Called after each step with the losses of all steps so far, and awaited: the place to save the state. */
  readonly afterStep?: (losses: readonly number[]) => Promise<void> | undefined;
}

/** What {@link train} found. */
export interface TrainSummary {
  readonly steps: number;
  /** Mean loss over the last tenth of the steps. */
  readonly finalLoss: number;
}

/**
 * The training loop: forward, backward with streamed gradients, select and update, once a batch. It lets the event loop
 * turn between steps, so that progress shows and interrupts arrive.
 * @throws UnmaskError when the loss stops being a finite number
 */
export async function train<Batch>({ training, batches, earlierLosses = [], loss, learningRate, onStep, afterStep }: TrainOptions<Batch>): Promise<TrainSummary> {
  const losses = [...earlierLosses];
  for (const batch of batches) {
    const step = losses.length + 1;
    const scalar = streamGradients(() => loss(batch), training.sink);
    const value = scalar.dataSync()[0];
    scalar.dispose();
    if (!Number.isFinite(value)) {
      training.discardGradients();
      throw new UnmaskError(`the loss is ${value} at step ${step}: lower the learning rate (now ${learningRate(step)})`, { code: 'bad-data' });
    }
    const { unmasked } = training.step(learningRate(step));
    losses.push(value);
    onStep?.({ step, loss: value, unmasked });
    await afterStep?.(losses);
    await nextTurn();
  }
  const tail = losses.slice(-Math.max(1, Math.ceil(losses.length / 10)));
  return { steps: losses.length, finalLoss: tail.reduce((sum, value) => sum + value, 0) / tail.length };
}
