import { UnmaskError } from '@unmask/tensor-core';
import type { ConfigFields } from '../../config.js';
import { lowRankFields, type LowRankConfig } from '../lora/config.js';

/** AdaLoRA's configuration (HF PEFT tuners/adalora/config.py). */
export interface AdaLoraConfig extends LowRankConfig {
  readonly peft_type: 'ADALORA';
  /** Rank of every update at first; 12 by default. */
  readonly init_r: number;
  /** Mean rank of the updates in the end; 8 by default. */
  readonly target_r: number;
  /** Steps before ranks fall; 0 by default. */
  readonly tinit: number;
  /** Steps in the end with the final ranks; 0 by default. */
  readonly tfinal: number;
  /** Steps from one allocation to the next; 1 by default. */
  readonly deltaT: number;
  /** Steps of the whole training. */
  readonly total_step: number;
  /** Share that the mean sensitivity keeps at each step, in [0, 1); 0.85 by default. */
  readonly beta1: number;
  /** Likewise of the mean uncertainty. */
  readonly beta2: number;
  /** Weight of the penalty for factors that are not orthonormal; 0.5 by default. */
  readonly orth_reg_weight: number;
  /** Whether the updates start at zero. */
  readonly init_lora_weights: boolean;
  /** Which of the `init_r` components each update has kept, by the names of its `lora_E`; null while all are there. */
  readonly rank_pattern: Readonly<Record<string, readonly boolean[]>> | null;
}

/** @throws UnmaskError naming a field that is out of range, or for steps that leave none to allocate in */
export function parseAdaLoraConfig(fields: ConfigFields): AdaLoraConfig {
  fields.ignore('r'); // of LoRA's configuration; HF PEFT passes over it as well
  const config: AdaLoraConfig = {
    ...fields.common('ADALORA'),
    peft_type: 'ADALORA',
    ...lowRankFields(fields),
    init_r: fields.integer('init_r', 12, 1),
    target_r: fields.integer('target_r', 8, 1),
    tinit: fields.integer('tinit', 0, 0),
    tfinal: fields.integer('tfinal', 0, 0),
    deltaT: fields.integer('deltaT', 1, 1),
    total_step: fields.integer('total_step', 0, 1),
    beta1: fields.fraction('beta1', 0.85),
    beta2: fields.fraction('beta2', 0.85),
    orth_reg_weight: fields.number('orth_reg_weight', 0.5, 0),
    init_lora_weights: fields.boolean('init_lora_weights', true),
    rank_pattern: fields.flagsByName('rank_pattern'),
  };
  const { tinit, tfinal, total_step: total } = config;
  if (tinit >= total - tfinal) {
    throw new UnmaskError(`tinit ${tinit} and tfinal ${tfinal} leave no step of total_step ${total} to allocate ranks in: make them smaller, tinit < total_step − tfinal`, { code: 'bad-data' });
  }
  return config;
}
