import type { ConfigFields } from '../../config.js';
import { type LycorisConfig, lycorisFields } from '../../parts/lycoris.js';

/** LoHa's configuration (HF PEFT tuners/loha/config.py). */
export interface LoHaConfig extends LycorisConfig {
  readonly peft_type: 'LOHA';
  /** Whether the update starts at zero. */
  readonly init_weights: boolean;
}

/** @throws UnmaskError naming a field that is out of range */
export function parseLoHaConfig(fields: ConfigFields): LoHaConfig {
  return { ...fields.common('LOHA'), peft_type: 'LOHA', ...lycorisFields(fields), init_weights: fields.boolean('init_weights', true) };
}
