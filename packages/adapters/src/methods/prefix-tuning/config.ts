import type { ConfigFields } from '../../config.js';
import { virtualTokens, type VirtualTokensConfig } from '../../parts/virtual-tokens.js';

/** Prefix tuning's configuration (HF PEFT tuners/prefix_tuning/config.py). */
export interface PrefixTuningConfig extends VirtualTokensConfig {
  readonly peft_type: 'PREFIX_TUNING';
  /** How keys and values start: from N(0, 1), or at zero. */
  readonly init_weights: 'zero' | null;
  /** Whether a network computes them in training. Files hold what it computes, so they are read, but it does not train here. */
  readonly prefix_projection: boolean;
  /** The hidden size of that network. */
  readonly encoder_hidden_size: number | null;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parsePrefixTuningConfig(fields: ConfigFields): PrefixTuningConfig {
  return {
    ...fields.common('PREFIX_TUNING'),
    peft_type: 'PREFIX_TUNING',
    ...virtualTokens(fields),
    init_weights: fields.text('init_weights') === null ? null : fields.choice<'zero'>('init_weights', ['zero'], 'zero'),
    prefix_projection: fields.boolean('prefix_projection', false),
    encoder_hidden_size: fields.optionalInteger('encoder_hidden_size', 1),
  };
}
