import { didYouMean } from '@unmask/tensor-core';
import { everyNth, mlflowReporter, type TrainerCallback, wandbReporter } from '@unmask/trainer';
import { InvalidArgumentError } from 'commander';
import { note } from './note.js';
import { list } from './options.js';

/** Where trainings can be reported to; an event file of TensorBoard is the trainer's own. */
const TRACKERS: Readonly<Record<string, () => Promise<TrainerCallback | undefined>>> = {
  tensorboard: () => Promise.resolve(undefined),
  wandb: () => wandbReporter(),
  mlflow: () => Promise.resolve(mlflowReporter()),
};

/** Names of trackers, separated by commas. */
export function trackers(text: string): string[] {
  return list(text).map((name) => {
    if (Object.hasOwn(TRACKERS, name)) return name;
    throw new InvalidArgumentError(`Allowed choices are ${Object.keys(TRACKERS).join(', ')}${didYouMean(name, Object.keys(TRACKERS))}.`);
  });
}

/** Callbacks for the trackers that a user names, and for lines about steps. */
export async function reporters({ reportTo = [], logEvery }: { readonly reportTo?: readonly string[]; readonly logEvery?: number }): Promise<TrainerCallback[]> {
  const found = (await Promise.all(reportTo.map((name) => TRACKERS[name]()))).filter((callback) => callback !== undefined);
  if (logEvery === undefined) return found;
  const lines: TrainerCallback = { onStep: ({ step, loss, learningRate }) => note(`step ${step}: loss ${loss.toFixed(4)}, learning rate ${learningRate.toExponential(2)}`) };
  return [...found, lines].map((callback) => everyNth(callback, logEvery));
}
