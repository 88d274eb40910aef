import type { Example } from '@unmask/tasks';
import type { TrainingSettings } from '../settings.js';
import type { Trainee } from './trainee.js';

/**
 * Lets the fresh bias of a regression head begin at the mean of the training scores, as far as the head trains in full: with a
 * small learning rate dozens of steps would go into finding it.
 */
export function startAtMean({ parameters, isHead }: Trainee, { head }: TrainingSettings, examples: readonly Example[]): void {
  if (head === 'competes') return; // what is not unmasked must keep what a fresh head has
  const mean = examples.reduce((sum, { label }) => sum + (label as number), 0) / examples.length;
  for (const parameter of parameters) {
    if (isHead(parameter) && parameter.size === 1) parameter.modify((values) => values.fill(mean));
  }
}
