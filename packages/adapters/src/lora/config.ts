import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig, TargetConfig } from '../config.js';

/** How the factors of an update start here. */
const FRESH_INITS = [true, false, 'gaussian', 'orthogonal'] as const;

/** Other starts of HF PEFT that leave the base as it is, so that finished factors need none of their fields: from activations, gradients or singular vectors. */
const DATA_INITS = ['eva', 'lora_ga', 'mica'] as const;

/** How the factors of an update start. */
export type LoraInit = (typeof FRESH_INITS)[number] | (typeof DATA_INITS)[number];

/** What the configurations of all low-rank methods hold (HF PEFT tuners/lora/config.py). */
export interface LowRankConfig extends PeftConfig, TargetConfig {
  /** The update is scaled by alpha/r, or alpha/√r with `use_rslora`; 8 by default. */
  readonly lora_alpha: number;
  /** Dropout of the update's input, in [0, 1); 0 by default. */
  readonly lora_dropout: number;
  /** Which biases of the base train: none, all, or those of the adapted layers. */
  readonly bias: 'none' | 'all' | 'lora_only';
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
}

/** LoRA's configuration. */
export interface LoraConfig extends LowRankConfig {
  readonly peft_type: 'LORA';
  /** Rank of the update; 8 by default. */
  readonly r: number;
  /** Rank-stabilized scale, alpha/√r (Kalajdzievski 2023). */
  readonly use_rslora: boolean;
  /** Weight-decomposed update (DoRA, Liu et al. 2024). */
  readonly use_dora: boolean;
  /** Whether B has a bias; not with DoRA. */
  readonly lora_bias: boolean;
  /**
   * How the factors start. `true`: A by Kaiming's uniform rule and B at zero; `gaussian`: A from N(0, 1/r²); `orthogonal`:
   * neither at zero, but B·A = 0, for even ranks; `false`: neither at zero. `eva`, `lora_ga` and `mica` are of finished adapters.
   */
  readonly init_lora_weights: LoraInit;
  /** Other ranks for layers whose names, or ends of names, match a regular expression. */
  readonly rank_pattern: Readonly<Record<string, number>>;
  /** Other alphas, likewise. */
  readonly alpha_pattern: Readonly<Record<string, number>>;
}

/** The fields that all low-rank methods have. */
export function lowRankFields(fields: ConfigFields): Omit<LowRankConfig, keyof PeftConfig> {
  fields.ignore('megatron_core', 'qalora_group_size');
  return {
    ...fields.targets(),
    lora_alpha: fields.number('lora_alpha', 8, 0, { open: true }),
    lora_dropout: fields.fraction('lora_dropout', 0),
    bias: fields.choice('bias', ['none', 'all', 'lora_only'], 'none'),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
  };
}

/** @throws UnmaskError naming a field that is out of range */
export function parseLoraConfig(fields: ConfigFields): LoraConfig {
  if (fields.finished) fields.ignore('eva_config', 'lora_ga_config'); // how it started
  const config: LoraConfig = {
    ...fields.common('LORA'),
    peft_type: 'LORA',
    ...lowRankFields(fields),
    r: fields.integer('r', 8, 1),
    use_rslora: fields.boolean('use_rslora', false),
    use_dora: fields.boolean('use_dora', false),
    lora_bias: fields.boolean('lora_bias', false),
    init_lora_weights: fields.choice<LoraInit>('init_lora_weights', fields.finished ? [...FRESH_INITS, ...DATA_INITS] : FRESH_INITS, true),
    rank_pattern: fields.numbersByPattern('rank_pattern', { whole: true }),
    alpha_pattern: fields.numbersByPattern('alpha_pattern'),
  };
  if (config.lora_bias && (config.use_dora || (typeof config.init_lora_weights === 'string' && !fields.finished))) {
    throw new UnmaskError('lora_bias goes with neither use_dora nor an init_lora_weights other than true and false: leave one of them out', { code: 'unsupported' });
  }
  return config;
}
