import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields, ModuleTargets, PeftConfig } from '../../config.js';

/** The configuration of Super-Tuning (HF PEFT tuners/supertuning/config.py). */
export interface SupertuningConfig extends PeftConfig, ModuleTargets {
  readonly peft_type: 'SUPERTUNING';
  /** The share of each weight's entries that do not train, in [0, 1); 0.99 by default. */
  readonly sparsity: number;
  /** Whether the largest entries train, or the smallest. */
  readonly select_top: boolean;
  /** The rank of LoRA beside the entries (Supra); null for none. */
  readonly r: number | null;
  /** LoRA's alpha, 2·r by default. */
  readonly lora_alpha: number | null;
  /** Dropout of LoRA's input, in [0, 1). */
  readonly lora_dropout: number;
  /** Whether the update starts at zero. */
  readonly init_weights: boolean;
  /** Whether a file holds which entries train, or whoever loads it finds them in the base. */
  readonly save_precomputed_indices: boolean;
}

/** @throws UnmaskError naming a field that is out of range, or an alpha without a rank */
export function parseSupertuningConfig(fields: ConfigFields): SupertuningConfig {
  const r = fields.optionalInteger('r', 1);
  const alpha = fields.number('lora_alpha', r === null ? 0 : 2 * r, 0);
  if (r === null && alpha !== 0) throw new UnmaskError('lora_alpha is given without r: give LoRA a rank, or leave both out', { code: 'bad-data' });
  return {
    ...fields.common('SUPERTUNING'),
    peft_type: 'SUPERTUNING',
    ...fields.modules(),
    sparsity: fields.fraction('sparsity', 0.99),
    select_top: fields.boolean('select_top', true),
    r,
    lora_alpha: r === null ? null : alpha,
    lora_dropout: fields.fraction('lora_dropout', 0),
    init_weights: fields.boolean('init_weights', true),
    save_precomputed_indices: fields.boolean('save_precomputed_indices', true),
  };
}
