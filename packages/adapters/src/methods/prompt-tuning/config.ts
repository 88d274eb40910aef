import type { ConfigFields } from '../../config.js';
import { virtualTokens, type VirtualTokensConfig } from '../../parts/virtual-tokens.js';

/** Prompt tuning's configuration (HF PEFT tuners/prompt_tuning/config.py). */
export interface PromptTuningConfig extends VirtualTokensConfig {
  readonly peft_type: 'PROMPT_TUNING';
  /** How the vectors start: from N(0, 1), or as those of words drawn at random. `TEXT`, as those of a text, is read from files alone. */
  readonly prompt_tuning_init: 'RANDOM' | 'SAMPLE_VOCAB' | 'TEXT';
  /** The text that the vectors started from, and whose tokens. */
  readonly prompt_tuning_init_text: string | null;
  readonly tokenizer_name_or_path: string | null;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parsePromptTuningConfig(fields: ConfigFields): PromptTuningConfig {
  return {
    ...fields.common('PROMPT_TUNING'),
    peft_type: 'PROMPT_TUNING',
    ...virtualTokens(fields),
    prompt_tuning_init: fields.choice('prompt_tuning_init', ['RANDOM', 'SAMPLE_VOCAB', 'TEXT'], 'RANDOM'),
    prompt_tuning_init_text: fields.text('prompt_tuning_init_text'),
    tokenizer_name_or_path: fields.text('tokenizer_name_or_path'),
  };
}
