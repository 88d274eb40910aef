import { multiply, type Random, tf } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig, TargetConfig } from '../config.js';
import { patternValue } from '../targets.js';
import { WeightDelta } from './weight-delta.js';

/** What the methods from LyCORIS have in common (HF PEFT tuners/lycoris_utils.py). */
export interface LycorisConfig extends PeftConfig, TargetConfig {
  /** Rank; 8 by default. */
  readonly r: number;
  /** The update is scaled by alpha/r; 8 by default. */
  readonly alpha: number;
  /** How likely a training pass leaves out an output of the update, in [0, 1). */
  readonly rank_dropout: number;
  /** How likely it leaves out the update of a layer, in [0, 1). */
  readonly module_dropout: number;
  /** Other ranks for layers whose names, or ends of names, match a regular expression. */
  readonly rank_pattern: Readonly<Record<string, number>>;
  /** Other alphas, likewise. */
  readonly alpha_pattern: Readonly<Record<string, number>>;
}

/** Reads these fields. @throws UnmaskError naming one that is out of range */
export function lycorisFields(fields: ConfigFields): Omit<LycorisConfig, keyof PeftConfig> {
  fields.ignore('use_effective_conv2d'); // of convolutions, which no model here has
  return {
    ...fields.targets(),
    r: fields.integer('r', 8, 1),
    alpha: fields.number('alpha', 8, 0, { open: true }),
    rank_dropout: fields.fraction('rank_dropout', 0),
    module_dropout: fields.fraction('module_dropout', 0),
    rank_pattern: fields.numbersByPattern('rank_pattern', { whole: true }),
    alpha_pattern: fields.numbersByPattern('alpha_pattern'),
  };
}

/** How an update goes into one layer. */
export interface LycorisOptions {
  readonly rank: number;
  readonly scale: number;
  readonly rankDropout: number;
  readonly moduleDropout: number;
  /** Whether outputs that are left out make the others larger. */
  readonly rescale: boolean;
}

/** The options of one layer. */
export function lycorisOptions(path: string, config: LycorisConfig, rescale: boolean): LycorisOptions {
  const rank = patternValue(config.rank_pattern, 'rank_pattern')(path) ?? config.r;
  const alpha = patternValue(config.alpha_pattern, 'alpha_pattern')(path) ?? config.alpha;
  return { rank, scale: alpha / rank, rankDropout: config.rank_dropout, moduleDropout: config.module_dropout, rescale };
}

/** An update that a training pass may leave out, as a whole or some of its outputs. */
export abstract class LycorisDelta extends WeightDelta {
  protected readonly options: LycorisOptions;

  constructor(options: LycorisOptions) {
    super();
    this.options = options;
  }

  /** ΔW, [out, in], with nothing left out. */
  protected abstract whole(): tf.Tensor;

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const { moduleDropout } = this.options;
    return random && moduleDropout > 0 && random.uniform() < moduleDropout ? own(x) : super.forward(x, own, random);
  }

  protected override delta(random: Random | undefined): tf.Tensor {
    const { rankDropout, rescale } = this.options;
    const delta = this.whole();
    if (!random || rankDropout === 0) return delta;
    const kept = Float32Array.from({ length: delta.shape[0] }, () => Number(random.uniform() >= rankDropout));
    const share = rescale ? Math.max(1, kept.reduce((sum, each) => sum + each, 0)) / kept.length : 1;
    return multiply(delta, tf.tensor2d(kept.map((each) => each / share), [kept.length, 1]));
  }
}
