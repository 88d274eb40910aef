import type { ConfigFields, ModuleTargets, PeftConfig } from '../../config.js';

/** LayerNorm tuning's configuration (HF PEFT tuners/ln_tuning/config.py). */
export interface LnTuningConfig extends PeftConfig, ModuleTargets {
  readonly peft_type: 'LN_TUNING';
}

/** @throws UnmaskError naming a field that is out of range */
export function parseLnTuningConfig(fields: ConfigFields): LnTuningConfig {
  return { ...fields.common('LN_TUNING'), peft_type: 'LN_TUNING', ...fields.modules() };
}
