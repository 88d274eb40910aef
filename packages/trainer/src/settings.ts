import { UnmaskError } from '@unmask/tensor-core';
import { fingerprintOf } from './files/files.js';

/** What a new task head counts for: `free` trains in full outside the budget, `counted` inside it, `competes` entry by entry like any tensor. */
export type HeadPolicy = 'free' | 'counted' | 'competes';

/** How the learning rate falls after its warm-up: linearly or along a cosine towards zero, or not at all. */
export type DecayName = 'linear' | 'cosine' | 'constant';

/** Update rules by name. */
export type OptimizerName = 'adamw' | 'sgd' | 'lion';

/** What makes two trainings the same training: equal settings give equal bits on the same engine. */
export interface TrainingSettings {
  readonly task: string;
  readonly method: string;
  /** The model as the user named it: a folder or a hub id. */
  readonly model: string;
  /** Where the examples came from, as the caller names it: other examples have another name. */
  readonly data: string;
  readonly seed: number;
  /** Entries that a budgeted method may unmask; null for methods without a budget. */
  readonly budget: number | null;
  readonly learningRate: number;

  /** Examples a forward and backward pass. */
  readonly batchSize: number;
  /** Batches whose gradients are added up before a step: the step's batch is so many times as large. */
  readonly accumulate: number;
  /** Tokens; longer inputs are truncated. */
  readonly maxLength: number;
  /** Passes over the training split; null when `maxSteps` decides. */
  readonly epochs: number | null;
  /** Optimizer steps; null when `epochs` decides. */
  readonly maxSteps: number | null;
  /** Share of the steps over which the learning rate rises from zero. */
  readonly warmup: number;
  readonly decay: DecayName;
  /** Whether the model trains with the dropout of its config.json. */
  readonly dropout: boolean;
  /** Whether a generation task's loss counts the tokens of the prompt, too. */
  readonly promptLoss: boolean;
  /** Whether short conversations are trained on several to a sequence. */
  readonly packing: boolean;
  /** Share of each answer that is spread over all, in [0, 1). */
  readonly labelSmoothing: number;
  /** Whether rare classes count more, so that all weigh alike; null where each row counts alike. */
  readonly classWeights: 'balanced' | null;

  /** The update rule under the method. */
  readonly optimizer: OptimizerName;
  /** Share of a weight that a step takes off, times the learning rate: of weights that are updated. */
  readonly weightDecay: number;
  /** The longest gradient of a step: a longer one is scaled down to it; null for any. */
  readonly clip: number | null;
  /** How many times the learning rate of A that of B is in LoRA (LoRA+); null for alike. */
  readonly loraplusRatio: number | null;

  readonly head: HeadPolicy;
  /** A choice of entries is made in every k-th step. */
  readonly unmaskEvery: number;
  /** Share of the steps by which a method that unmasks step by step has unmasked its whole budget. */
  readonly unmaskUntil: number;
  /** Share of the entries, drawn by the seed, that a method may choose from. */
  readonly candidates: number;
  /** Whether entries compete over the whole model, or each tensor gets a share of the budget by its size. */
  readonly per: 'model' | 'tensor';
  /** Weight of the magnitude in D³ scores. */
  readonly d3Exponent: number;
  /** What is added to the magnitude in D³ scores. */
  readonly d3Epsilon: number;
  /** Regular expression of the names of the parameters to select from; null for all. */
  readonly scope: string | null;
  /** Whose age Adam's bias correction goes by: each entry's own, or the run's, as in the ID³ toolkit. */
  readonly biasCorrection: 'entry' | 'global';
  /** Fields of the adapter's configuration that differ from the method's, in HF PEFT's names; null for none. */
  readonly adapterConfig: Readonly<Record<string, unknown>> | null;

  /** Steps from one evaluation during training to the next; null for none. The best step's weights are kept. */
  readonly evaluateEvery: number | null;
  /** Evaluations without a better one after which training ends early; null to train all steps. */
  readonly patience: number | null;
  /** Share of the training split, drawn by the seed, that evaluations during training are made on instead of the evaluation split; 0 for none. */
  readonly holdOut: number;
}

/** What need not be said of a training. */
export const DEFAULT_TRAINING = {
  batchSize: 16,
  accumulate: 1,
  maxLength: 128,
  epochs: 3,
  maxSteps: null,
  warmup: 0.06,
  decay: 'linear',
  dropout: true,
  promptLoss: false,
  packing: false,
  labelSmoothing: 0,
  classWeights: null,
  optimizer: 'adamw',
  weightDecay: 0,
  clip: null,
  loraplusRatio: null,
  head: 'free',
  unmaskEvery: 1,
  unmaskUntil: 1,
  candidates: 1,
  per: 'model',
  d3Exponent: 1,
  d3Epsilon: 1e-3,
  scope: null,
  biasCorrection: 'entry',
  adapterConfig: null,
  evaluateEvery: null,
  patience: null,
  holdOut: 0,
} as const satisfies Partial<TrainingSettings>;

/** @throws UnmaskError for settings that contradict each other */
export function checkSettings({ evaluateEvery, patience, holdOut }: TrainingSettings): void {
  if (evaluateEvery !== null || (patience === null && holdOut === 0)) return;
  const given = patience === null ? `a share of ${holdOut} to hold out` : `a patience of ${patience}`;
  throw new UnmaskError(`${given} is for evaluations during training, and there are none: give evaluateEvery (--evaluate-every), the steps from one to the next`);
}

/**
 * The name of a training's folder: readable, and different for different settings.
 * @param defaults what need not be said of a training: fields that have these values do not show in the name, so that a new setting renames no earlier training
 */
export function trainingName<Settings extends TrainingSettings>(settings: Settings, defaults: Readonly<Partial<Settings>> = DEFAULT_TRAINING as Partial<Settings>): string {
  const { task, method, budget, learningRate, seed } = settings;
  const readable = [task, method, ...(budget === null ? [] : [`b${budget}`]), `lr${learningRate}`, `s${seed}`].join('--').replace(/\+/g, '_');
  return `${readable}--${fingerprint(settings, defaults)}`;
}

/** Eight hexadecimal digits that depend on every setting other than its default. */
function fingerprint(settings: TrainingSettings, defaults: Readonly<Record<string, unknown>>): string {
  const own = Object.entries(settings).filter(([name, value]) => !(name in defaults) || defaults[name] !== value);
  const sorted = own.sort(([left], [right]) => (left < right ? -1 : 1));
  return fingerprintOf(sorted);
}
