import type { SelectiveOptions, Strategy } from '@unmask/id3';
import { adamw, lion, sgd, type UpdateRule } from '@unmask/optimizers';
import type { Parameter } from '@unmask/tensor-core';
import type { TrainingSettings } from '../settings.js';

/** What a method needs to know of a run. */
export interface MethodOptions extends Pick<TrainingSettings, 'seed' | 'unmaskEvery' | 'unmaskUntil' | 'candidates' | 'per' | 'd3Exponent' | 'd3Epsilon' | 'biasCorrection' | 'optimizer' | 'weightDecay' | 'clip' | 'loraplusRatio'> {
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
  /** What a method that trains a budget is made of, in a few words each. */
  readonly parts?: { readonly metric: string; readonly schedule: string; readonly scope: string };
  /** The paper that it is from. */
  readonly source?: string;
  strategy(options: MethodOptions): Strategy;
}

const RULES: Readonly<Record<MethodOptions['optimizer'], (options: { readonly weightDecay: number }) => UpdateRule>> = { adamw, sgd, lion };

/** The update rule, the same under every method, so that they differ in what they select alone. */
export const ruleOf = ({ optimizer, weightDecay }: MethodOptions): UpdateRule => RULES[optimizer]({ weightDecay });

/** What every method takes besides its own parts. */
export const trainingOf = ({ clip, loraplusRatio }: MethodOptions): Pick<SelectiveOptions, 'clip' | 'rate'> => ({
  ...(clip === null ? {} : { clip: { norm: clip, of: 'unmasked' } }),
  ...(loraplusRatio === null ? {} : { rate: ({ name }) => (/(?:^|\.)lora_(?:embedding_)?B\b/.test(name) ? loraplusRatio : 1) }),
});
