import type { ConfigInput, PeftConfig } from './config.js';

/** A configuration that the conformance suite runs. */
export interface Configuration {
  readonly name: string;
  readonly config: ConfigInput<PeftConfig> & Readonly<Record<string, unknown>>;
  /** Whether a fresh adapter computes what the base computes; true when left out. */
  readonly identity?: boolean;
  /** Whether it merges; true when left out. */
  readonly mergeable?: boolean;
}

/** Configurations of every method, which the conformance suite holds to the same promises. */
export const CONFIGURATIONS: readonly Configuration[] = [
  { name: 'LoRA', config: { peft_type: 'LORA', r: 3, lora_alpha: 6, lora_dropout: 0.2 } },
  { name: 'rsLoRA of all linear layers', config: { peft_type: 'LORA', r: 2, use_rslora: true, target_modules: 'all-linear', init_lora_weights: 'gaussian' } },
  { name: 'LoRA with a head', config: { peft_type: 'LORA', r: 2, task_type: 'SEQ_CLS' } },
];
