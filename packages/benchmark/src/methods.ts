import { fullFineTuning, allAtOnce, selective, uniform, type Strategy } from '@unmask/id3';
import { d3, gradient, magnitude, random } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { didYouMean, UnmaskError, type Parameter } from '@unmask/tensor-core';

/** What a method needs to know of a run. */
export interface MethodOptions {
  /** Entries to unmask, B. */
  readonly budget: number;
  /** Optimizer steps, T. */
  readonly steps: number;
  readonly seed: number;
  /** Parameters that train in full outside the selection. */
  readonly dense: (parameter: Parameter) => boolean;
}

/** A fine-tuning method: a name for a combination of metric, schedule and scope. */
export interface Method {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** False when it trains everything and has no budget. */
  readonly budgeted: boolean;
  /** A learning rate to start from; the best one depends on model and task. */
  readonly learningRate: number;
  strategy(options: MethodOptions): Strategy;
}

/** AdamW without weight decay: the optimizer under every method, so that they differ in what they select alone. */
const rule = () => adamw({ weightDecay: 0 });

const METHODS: readonly Method[] = [
  {
    name: 'fft',
    summary: 'full fine-tuning: every weight trains',
    budgeted: false,
    learningRate: 1e-4,
    strategy: () => fullFineTuning(rule()),
  },
  {
    name: 'id3',
    summary: 'ID³: D³ scores, budget unmasked evenly over the steps',
    budgeted: true,
    learningRate: 3e-3,
    strategy: ({ budget, steps, dense }) => selective(rule(), { metric: d3(), schedule: uniform({ budget, steps }), dense }),
  },
  {
    name: 'grad',
    summary: 'largest gradients of the first step, fixed from then on',
    budgeted: true,
    learningRate: 3e-3,
    strategy: ({ budget, dense }) => selective(rule(), { metric: gradient(), schedule: allAtOnce({ budget }), dense }),
  },
  {
    name: 'pafi',
    summary: 'PaFi: smallest pretrained weights, fixed before training',
    budgeted: true,
    learningRate: 3e-3,
    strategy: ({ budget, dense }) => selective(rule(), { metric: magnitude({ keep: 'smallest' }), schedule: allAtOnce({ budget }), dense }),
  },
  {
    name: 'random',
    summary: 'a random mask, fixed before training',
    budgeted: true,
    learningRate: 1e-2,
    strategy: ({ budget, seed, dense }) => selective(rule(), { metric: random({ seed }), schedule: allAtOnce({ budget }), dense }),
  },
];

/** Every method, in the order in which help and tables show them. */
export const methods: readonly Method[] = METHODS;

/** @throws UnmaskError when there is no method of that name */
export function getMethod(name: string): Method {
  const found = METHODS.find((method) => method.name === name);
  if (found) return found;
  const names = METHODS.map((method) => method.name);
  throw new UnmaskError(`unknown method "${name}"; choose from ${names.join(', ')}${didYouMean(name, names)}`, { code: 'not-found' });
}
