import type { ConfigFields, PeftConfig, TargetConfig } from '../config.js';

/** LoRA's configuration (HF PEFT tuners/lora/config.py). */
export interface LoraConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'LORA';
  /** Rank of the update; 8 by default. */
  readonly r: number;
  /** The update is scaled by alpha/r, or alpha/√r with `use_rslora`; 8 by default. */
  readonly lora_alpha: number;
  /** Dropout of the input of A, in [0, 1); 0 by default. */
  readonly lora_dropout: number;
  /** Which biases of the base train: none, all, or those of the adapted layers. */
  readonly bias: 'none' | 'all' | 'lora_only';
  /** Rank-stabilized scale, alpha/√r (Kalajdzievski 2023). */
  readonly use_rslora: boolean;
  /** Weight-decomposed update (DoRA, Liu et al. 2024). */
  readonly use_dora: boolean;
  /** Whether the base's weights lie [in, out]; the layers know it themselves, so it is kept for the file alone. */
  readonly fan_in_fan_out: boolean;
  /** How A starts: `true` by Kaiming's uniform rule, `gaussian` from N(0, 1/r²); B starts at zero. `false`: B does not. */
  readonly init_lora_weights: boolean | 'gaussian';
  /** Other ranks for layers whose names match (a whole name, its end, or a regular expression). */
  readonly rank_pattern: Readonly<Record<string, number>>;
  /** Other alphas, likewise. */
  readonly alpha_pattern: Readonly<Record<string, number>>;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseLoraConfig(fields: ConfigFields): LoraConfig {
  return {
    ...fields.common('LORA'),
    peft_type: 'LORA',
    ...fields.targets(),
    r: fields.integer('r', 8, 1),
    lora_alpha: fields.number('lora_alpha', 8, 0, { open: true }),
    lora_dropout: fields.fraction('lora_dropout', 0),
    bias: fields.choice('bias', ['none', 'all', 'lora_only'], 'none'),
    use_rslora: fields.boolean('use_rslora', false),
    use_dora: fields.boolean('use_dora', false),
    fan_in_fan_out: fields.boolean('fan_in_fan_out', false),
    init_lora_weights: fields.choice<boolean | 'gaussian'>('init_lora_weights', [true, false, 'gaussian'], true),
    rank_pattern: fields.numbersByName('rank_pattern'),
    alpha_pattern: fields.numbersByName('alpha_pattern'),
  };
}
