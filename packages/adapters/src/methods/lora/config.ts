import { UnmaskError } from '@unmask/tensor-core';
import { ConfigFields, type PeftConfig, type TargetConfig } from '../../config.js';
import { cordaConfig, type CordaConfig, evaConfig, type EvaConfig, loftqConfig, type LoftQConfig, loraGaConfig, type LoraGaConfig } from './start-configs.js';

export type { CordaConfig, EvaConfig, LoftQConfig, LoraGaConfig } from './start-configs.js';

/** How the factors of an update start. */
const INITS = [true, false, 'gaussian', 'orthogonal', 'pissa', 'olora', 'mica', 'eva', 'corda', 'loftq', 'lora_ga'] as const;

/** How the factors of an update start; `pissa_niter_16` makes PiSSA's by 16 iterations. */
export type LoraInit = (typeof INITS)[number] | `pissa_niter_${number}`;

/** Starts that change what the base computes by numbers that a file does not hold. */
const UNREPEATABLE = /^(corda|pissa_niter_\d+)$/;

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
   * neither at zero, but B·A = 0, for even ranks; `false`: neither at zero. `pissa` and `olora`: from the weight, which loses what
   * they hold; `mica`: from the weight, where it is least; `loftq`: from what quantizing the weight loses. `eva`, `corda`
   * and `lora_ga` look at data, the `calibration` that getPeftModel is given.
   */
  readonly init_lora_weights: LoraInit;
  /** Tokens whose vectors train beside: ids of words, or ids by the name of a table of vectors. */
  readonly trainable_token_indices: readonly number[] | Readonly<Record<string, readonly number[]>> | null;
  /** Whether a table of words and a head with its weight stay the same; tokens that train beside always do, and no more is supported. */
  readonly ensure_weight_tying: boolean;
  /** Linear layers by the names of their weights, or the ends of them, e.g. `q_proj.weight`, beside those of `target_modules`. */
  readonly target_parameters: readonly string[] | null;
  readonly eva_config: EvaConfig | null;
  readonly corda_config: CordaConfig | null;
  readonly loftq_config: LoftQConfig | null;
  readonly lora_ga_config: LoraGaConfig | null;
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
  const init = fields.pattern<LoraInit>('init_lora_weights', INITS, /^pissa_niter_\d{1,4}$/, true);
  if (fields.finished && typeof init === 'string' && UNREPEATABLE.test(init)) {
    throw new UnmaskError(`the adapter starts by init_lora_weights "${init}", which changed the base model's weights by numbers that its file does not hold: save it again in Python with PEFT, save_pretrained(folder, path_initial_model_for_weight_conversion=…)`, { code: 'unsupported' });
  }
  const settings = <T>(of: LoraInit, name: string, read: (from: ConfigFields) => T): T | null => (init === of ? (fields.group(name, read) ?? read(new ConfigFields({}))) : (fields.ignore(name), null));
  const config: LoraConfig = {
    ...fields.common('LORA'),
    ...(fields.finished && { inference_mode: true }),
    peft_type: 'LORA',
    ...lowRankFields(fields),
    r: fields.integer('r', 8, 1),
    use_rslora: fields.boolean('use_rslora', false),
    use_dora: fields.boolean('use_dora', false),
    lora_bias: fields.boolean('lora_bias', false),
    init_lora_weights: init,
    trainable_token_indices: fields.numberLists('trainable_token_indices'),
    ensure_weight_tying: fields.boolean('ensure_weight_tying', false),
    target_parameters: fields.list('target_parameters'),
    eva_config: settings('eva', 'eva_config', evaConfig),
    corda_config: settings('corda', 'corda_config', cordaConfig),
    loftq_config: settings('loftq', 'loftq_config', loftqConfig),
    lora_ga_config: settings('lora_ga', 'lora_ga_config', loraGaConfig),
    rank_pattern: fields.numbersByPattern('rank_pattern', { whole: true }),
    alpha_pattern: fields.numbersByPattern('alpha_pattern'),
  };
  if (config.lora_bias && (config.use_dora || (typeof config.init_lora_weights === 'string' && !fields.finished))) {
    throw new UnmaskError('lora_bias goes with neither use_dora nor an init_lora_weights other than true and false: leave one of them out', { code: 'unsupported' });
  }
  if (config.target_parameters && (config.lora_dropout > 0 || config.use_dora || config.lora_bias)) {
    throw new UnmaskError('target_parameters goes with neither lora_dropout nor use_dora nor lora_bias: leave them out, or name layers in target_modules', { code: 'unsupported' });
  }
  return config;
}
