import type { ConfigFields } from '../../config.js';

/** How EVA looks at data (HF PEFT tuners/lora/config.py, EvaConfig). */
export interface EvaConfig {
  /** A layer gets at most rho·r ranks; 2 by default. */
  readonly rho: number;
  /** The cosine to the component before it from which one has settled; 0.99 by default. */
  readonly tau: number;
  /** Whether components are divided by the root of their singular values. */
  readonly whiten: boolean;
  /** Whether alpha grows with a layer's rank; true by default. */
  readonly adjust_scaling_factors: boolean;
}

/** How CorDA starts (HF PEFT tuners/lora/config.py, CordaConfig). */
export interface CordaConfig {
  /** `ipm`: what the data is about trains, by default; `kpm`: what it is not about. */
  readonly corda_method: 'ipm' | 'kpm';
}

/** How LoftQ quantizes (HF PEFT tuners/lora/config.py, LoftQConfig). */
export interface LoftQConfig {
  /** 4 (NormalFloat, by default) or 8. */
  readonly loftq_bits: number;
  /** How often weight and update are improved in turns; 1 by default. */
  readonly loftq_iter: number;
}

/** How LoRA-GA starts (HF PEFT tuners/lora/config.py, LoraGAConfig). */
export interface LoraGaConfig {
  /** Which singular vectors of the gradient go to A and which to B; `ArB2r` by default. */
  readonly direction: 'ArBr' | 'A2rBr' | 'ArB2r' | 'random';
  /** How the factors are scaled; `stable` by default. */
  readonly scale: 'stable' | 'weight_svd' | 'gd_scale' | 'unit';
  /** Of `stable`; 16 by default. */
  readonly stable_gamma: number;
}

export function evaConfig(fields: ConfigFields): EvaConfig {
  fields.ignore('use_label_mask', 'label_mask_value'); // of labels of tokens, which the data here comes without
  return {
    rho: fields.number('rho', 2, 1),
    tau: fields.number('tau', 0.99, 0),
    whiten: fields.boolean('whiten', false),
    adjust_scaling_factors: fields.boolean('adjust_scaling_factors', true),
  };
}

export function cordaConfig(fields: ConfigFields): CordaConfig {
  fields.ignore('cache_file', 'covariance_file', 'verbose', 'use_float16_for_covariance', 'prune_temporary_fields'); // of how PEFT goes about it
  return { corda_method: fields.choice('corda_method', ['ipm', 'kpm'], 'ipm') };
}

export function loftqConfig(fields: ConfigFields): LoftQConfig {
  const bits = fields.choice('loftq_bits', [4, 8], 4);
  return { loftq_bits: bits, loftq_iter: fields.integer('loftq_iter', 1, 1) };
}

export function loraGaConfig(fields: ConfigFields): LoraGaConfig {
  return {
    direction: fields.choice('direction', ['ArBr', 'A2rBr', 'ArB2r', 'random'], 'ArB2r'),
    scale: fields.choice('scale', ['stable', 'weight_svd', 'gd_scale', 'unit'], 'stable'),
    stable_gamma: fields.number('stable_gamma', 16, 0, { open: true }),
  };
}
