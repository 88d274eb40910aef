import type { ConfigFields, PeftConfig, TargetConfig } from '../../config.js';

/** The configuration of RoSA, with the names of its authors' fork of HF PEFT. */
export interface RosaConfig extends PeftConfig, TargetConfig {
  readonly peft_type: 'ROSA';
  /** Rank of LoRA's part; 8 by default. */
  readonly r: number;
  /** LoRA's part is scaled by alpha/r; 16 by default. */
  readonly lora_alpha: number;
  /** Share of each weight's entries that train, in (0, 1); 0.006 by default. */
  readonly d: number;
  /** Steps in which LoRA's part trains alone; 64 by default. */
  readonly warmup_steps: number;
  /** In how many steps after these gradients are looked at before the entries are chosen; 1 by default. */
  readonly spa_num_grads: number;
  /** What entries are chosen by: the mean of their squared gradients, or the size of the mean of their gradients. */
  readonly grad_acc_mode: 'mean_squared' | 'mean';
}

/** @throws UnmaskError naming a field that is out of range */
export function parseRosaConfig(fields: ConfigFields): RosaConfig {
  return {
    ...fields.common('ROSA'),
    ...(fields.finished && { inference_mode: true }),
    peft_type: 'ROSA',
    ...fields.targets(),
    r: fields.integer('r', 8, 1),
    lora_alpha: fields.number('lora_alpha', 16, 0, { open: true }),
    d: fields.fraction('d', 0.006),
    warmup_steps: fields.integer('warmup_steps', 64, 0),
    spa_num_grads: fields.integer('spa_num_grads', 1, 1),
    grad_acc_mode: fields.choice('grad_acc_mode', ['mean_squared', 'mean'], 'mean_squared'),
  };
}
