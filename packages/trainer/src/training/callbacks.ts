import type { Score, TrainingResult } from '../result.js';
import type { TrainingSettings } from '../settings.js';
import type { StepProgress } from './train.js';

/** By which a callback has a say in a training. */
export interface TrainerControl {
  /** Ends the training after the running step; what has been learned by then is evaluated and kept. */
  stop(): void;
}

/** Called on the way of a training, in the manner of HF's TrainerCallback. Promises are awaited, but for those of the last three. */
export interface TrainerCallback<Settings = TrainingSettings> {
  /** Before the first step. */
  onStart?(run: { readonly settings: Settings; readonly steps: number; readonly budget: number | null }): unknown;
  /** After each step. */
  onStep?(progress: StepProgress & { readonly examplesPerSecond: number }, control: TrainerControl): unknown;
  /** After each evaluation during the training. */
  onEvaluate?(evaluation: { readonly step: number; readonly scores: readonly Score[] }, control: TrainerControl): unknown;
  /** After each save of the training's state, before it goes on: what is in its folder then is enough to continue. */
  onSave?(saved: { readonly step: number; readonly folder: string }, control: TrainerControl): unknown;
  /** At the end, once the result is written. */
  onEnd?(result: TrainingResult & Settings): unknown;
  /** While a metric is estimated, before the first step. */
  onEstimate?(done: number, total: number): void;
  /** While the trained model is measured. */
  onPredict?(done: number, total: number): void;
  /** What was found, and mended on the way. */
  onNote?(note: string): void;
}

/** Several callbacks as one: each is called in their order. */
export function together<Settings>(callbacks: readonly TrainerCallback<Settings>[]): TrainerCallback<Settings> {
  const each = async (call: (callback: TrainerCallback<Settings>) => unknown) => {
    for (const callback of callbacks) await call(callback);
  };
  return {
    onStart: (run) => each((callback) => callback.onStart?.(run)),
    onStep: (progress, control) => each((callback) => callback.onStep?.(progress, control)),
    onEvaluate: (evaluation, control) => each((callback) => callback.onEvaluate?.(evaluation, control)),
    onSave: (saved, control) => each((callback) => callback.onSave?.(saved, control)),
    onEnd: (result) => each((callback) => callback.onEnd?.(result)),
    onEstimate: (done, total) => callbacks.forEach((callback) => callback.onEstimate?.(done, total)),
    onPredict: (done, total) => callbacks.forEach((callback) => callback.onPredict?.(done, total)),
    onNote: (note) => callbacks.forEach((callback) => callback.onNote?.(note)),
  };
}
