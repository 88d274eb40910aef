import { allAtOnce, denseOnly, every, fullFineTuning, repeat, selective, uniform, type Strategy, type UnmaskSchedule } from '@unmask/id3';
import { d3, fisher, gradient, magnitude, random, sampled, taylor, type ImportanceMetric } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { didYouMean, UnmaskError, type Parameter } from '@unmask/tensor-core';
import { ADAPTER_PRESETS } from './adapter-presets.js';
import type { TrainingSettings } from '../settings.js';

/** What a method needs to know of a run. */
export interface MethodOptions extends Pick<TrainingSettings, 'seed' | 'unmaskEvery' | 'unmaskUntil' | 'candidates' | 'per' | 'd3Exponent' | 'd3Epsilon' | 'biasCorrection'> {
  /** Entries to unmask, B. */
  readonly budget: number;
  /** Optimizer steps, T. */
  readonly steps: number;
  /** Parameters from which entries are selected. */
  readonly scope: (parameter: Parameter) => boolean;
  /** Parameters that train in full outside the selection. */
  readonly dense: (parameter: Parameter) => boolean;
}

/** A fine-tuning method: a name for a combination of metric, schedule and scope. */
export interface Method {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** What it trains: as many entries as it is given, a set of parameters of its own, or everything. */
  readonly trains: 'budget' | 'own-set' | 'everything';
  /** Steps of a training → configuration of the adapter whose parameters it trains, instead of the model's own. */
  readonly adapter?: (steps: number) => Readonly<Record<string, unknown>>;
  /** A learning rate to start from; the best one depends on model and task. */
  readonly learningRate: number;
  strategy(options: MethodOptions): Strategy;
}

/** AdamW without weight decay: the optimizer under every method, so that they differ in what they select alone. */
const rule = () => adamw({ weightDecay: 0 });

const growing = ({ budget, steps, unmaskUntil }: MethodOptions) => uniform({ budget, steps: Math.max(1, Math.round(unmaskUntil * steps)) });
const fixed = ({ budget }: MethodOptions) => allAtOnce({ budget });
const renewed = ({ budget }: MethodOptions) => repeat({ budget });

const d3Of = ({ d3Exponent, d3Epsilon }: MethodOptions) => d3({ exponent: d3Exponent, epsilon: d3Epsilon });

/** A method that is a metric and a schedule. */
function budgeted(
  name: string,
  summary: string,
  learningRate: number,
  metric: (options: MethodOptions) => ImportanceMetric,
  schedule: (options: MethodOptions) => UnmaskSchedule,
): Method {
  const strategy = (options: MethodOptions) => {
    const { candidates, seed, scope, per, dense, biasCorrection, unmaskEvery } = options;
    const all = metric(options);
    const some = candidates < 1 ? sampled(all, { share: candidates, seed }) : all;
    return selective(rule(), { metric: some, schedule: every(unmaskEvery, schedule(options)), scope, per, dense, biasCorrection });
  };
  return { name, summary, trains: 'budget', learningRate, strategy };
}

/** A method that trains the parameters for which `own` is true, and the head. */
function ownSet(name: string, summary: string, learningRate: number, own: (parameter: Parameter) => boolean): Method {
  const strategy = ({ dense }: MethodOptions) => denseOnly(rule(), (parameter) => own(parameter) || dense(parameter));
  return { name, summary, trains: 'own-set', learningRate, strategy };
}

const METHODS: readonly Method[] = [
  { name: 'fft', summary: 'full fine-tuning: every weight trains', trains: 'everything', learningRate: 1e-4, strategy: () => fullFineTuning(rule()) },
  ownSet('bitfit', 'BitFit: every bias', 2e-3, ({ name }) => /(?:^|\.)bias$/.test(name)),
  ownSet('bitfit-1d', 'BitFit as the ID³ toolkit has it: every one-dimensional tensor', 2e-3, ({ shape }) => shape.length === 1),
  budgeted('id3', 'ID³: D³ scores, budget unmasked evenly over the steps', 5e-3, d3Of, growing),
  budgeted('id3-static', 'D³ scores of the first step, fixed from then on', 5e-3, d3Of, fixed),
  budgeted('id3-repeat', 'D³ scores, the whole budget chosen afresh in each step', 5e-3, d3Of, renewed),
  budgeted('grad', 'largest gradients of the first step, fixed from then on', 5e-3, gradient, fixed),
  budgeted('grad-increment', 'largest gradients, budget unmasked evenly over the steps', 5e-3, gradient, growing),
  budgeted('grad-repeat', 'largest gradients, the whole budget chosen afresh in each step', 5e-3, gradient, renewed),
  budgeted('taylor', 'largest |weight · gradient| of the first step, fixed from then on', 5e-3, taylor, fixed),
  budgeted('fishmask', 'FishMask: largest Fisher information over 1,024 examples, fixed before training', 5e-3, fisher, fixed),
  budgeted('pafi', 'PaFi: smallest pretrained weights, fixed before training', 5e-3, () => magnitude({ keep: 'smallest' }), fixed),
  budgeted('pafi-increment', 'smallest weights, budget unmasked evenly over the steps', 5e-3, () => magnitude({ keep: 'smallest' }), growing),
  budgeted('magnitude', 'largest pretrained weights, fixed before training', 5e-3, () => magnitude({ keep: 'largest' }), fixed),
  budgeted('random', 'a random mask, fixed before training', 1e-2, ({ seed }) => random({ seed }), fixed),
];

/** Every method of whole models, in the order in which help and tables show them. */
export const methods: readonly Method[] = METHODS;

/** Every adapter: a method by itself, and with `+` after a budgeted method, as in `id3+lora`. */
export const adapters: readonly Method[] = Object.entries(ADAPTER_PRESETS).map(([name, { summary, config, learningRate }]) => ({
  name,
  summary,
  adapter: config,
  trains: 'everything',
  learningRate,
  strategy: () => fullFineTuning(rule()),
}));

/**
 * The method of a name, e.g. `id3`, `lora` or `id3+lora`.
 * @throws UnmaskError when there is none
 */
export function getMethod(name: string): Method {
  const [first, second, ...rest] = name.split('+');
  const method = [...METHODS, ...adapters].find((each) => each.name === first);
  if (second === undefined && method) return method;
  const adapter = adapters.find((each) => each.name === second)?.adapter;
  if (method?.trains === 'budget' && adapter && rest.length === 0) return { ...method, name, summary: `${method.summary}; of ${second}`, adapter };
  const names = [...METHODS, ...adapters].map((each) => each.name);
  throw new UnmaskError(
    `unknown method "${name}"; choose from ${names.join(', ')}, or a budgeted one with an adapter, such as id3+lora${didYouMean(name, names)}`,
    { code: 'not-found' },
  );
}
