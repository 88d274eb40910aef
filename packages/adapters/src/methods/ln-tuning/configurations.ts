import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'LayerNorm tuning', config: { peft_type: 'LN_TUNING', target_modules: '.*\\.(LayerNorm|\\w+_layernorm|norm|ln_\\w+)' } },
];
