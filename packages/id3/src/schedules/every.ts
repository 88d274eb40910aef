import { UnmaskError } from '@unmask/tensor-core';
import type { UnmaskSchedule } from './schedule.js';

/**
 * Lets a schedule choose in every k-th step only, the first included, and then for the k steps from there: c(k·⌈t/k⌉).
 * The steps between need no scores, so they compute no gradients but those of unmasked entries.
 * @param k at least 1
 */
export function every(k: number, schedule: UnmaskSchedule): UnmaskSchedule {
  if (!(Number.isInteger(k) && k >= 1)) throw new UnmaskError(`choosing in every ${k} steps: give a positive integer`);
  const { budget, renews, exchanges } = schedule;
  const chooses = (step: number) => step % k === 1 % k;
  return Object.assign((step: number) => schedule(k * Math.ceil(step / k)), {
    ...(budget === undefined ? {} : { budget }),
    ...(renews ? { renews: (step: number) => chooses(step) && renews(step) } : {}),
    ...(exchanges ? { exchanges: (step: number) => (chooses(step) ? exchanges(step) : 0) } : {}),
  });
}
