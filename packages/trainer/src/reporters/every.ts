import type { TrainerCallback } from '../training/callbacks.js';

/** A callback that hears of every n-th step alone. */
export const everyNth = (callback: TrainerCallback, n: number): TrainerCallback => ({
  ...callback,
  onStep: (progress, control) => (progress.step % n === 0 ? callback.onStep?.(progress, control) : undefined),
});
