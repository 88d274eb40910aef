import { UnmaskError } from '@unmask/tensor-core';
import type { TrainerCallback } from '../training/callbacks.js';
import { figuresOf, parametersOf } from './figures.js';

/** The package of Weights & Biases, which is installed by whoever wants it. */
const PACKAGE = '@wandb/sdk';

/** What is used of it. */
interface Wandb {
  init(options: { readonly project: string; readonly config: Readonly<Record<string, unknown>> }): Promise<unknown>;
  log(row: Readonly<Record<string, number>>): unknown;
  finish(): Promise<unknown>;
}

/** Options of {@link wandbReporter}. */
export interface WandbOptions {
  /** WANDB_PROJECT by default, else `unmask`. */
  readonly project?: string | undefined;
  /** How the package is loaded; by its name by default. */
  readonly load?: (name: string) => Promise<{ readonly default: unknown }>;
}

/**
 * Reports trainings to Weights & Biases: a run each, with its settings, and by step loss, learning rate and what evaluations find.
 * The key is WANDB_API_KEY, as the package has it.
 * @throws UnmaskError when the package is not installed
 */
export async function wandbReporter({ project = globalThis.process?.env.WANDB_PROJECT ?? 'unmask', load = (name) => import(name) as Promise<{ readonly default: unknown }> }: WandbOptions = {}): Promise<TrainerCallback> {
  const wandb = await load(PACKAGE).then(
    (found) => found.default as Wandb,
    (cause: unknown) => {
      throw new UnmaskError(`reports to Weights & Biases need its package: npm install ${PACKAGE}`, { code: 'not-found', cause });
    },
  );
  return {
    onStart: ({ settings }) => wandb.init({ project, config: parametersOf(settings) }),
    onStep: ({ step, loss, learningRate, unmasked }) => wandb.log({ step, loss, 'learning rate': learningRate, unmasked }),
    onEvaluate: ({ step, scores }) => wandb.log({ step, ...figuresOf(scores) }),
    onEnd: async ({ scores, steps }) => {
      await wandb.log({ step: steps, ...figuresOf(scores) });
      await wandb.finish();
    },
  };
}
