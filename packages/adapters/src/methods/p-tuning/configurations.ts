import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'P-tuning', config: { peft_type: 'P_TUNING', num_virtual_tokens: 3, encoder_hidden_size: 12 }, identity: false, mergeable: false },
];
