import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'Supra of small entries', config: { peft_type: 'SUPERTUNING', sparsity: 0.9, select_top: false, r: 2, lora_dropout: 0.2 } },
];
