import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'AdaLoRA', config: { peft_type: 'ADALORA', init_r: 3, target_r: 2, total_step: 10, lora_dropout: 0.2 }, refusedBy: ['electra', 'distilbert', 'mistral'] },
  { name: 'AdaLoRA with biases', config: { peft_type: 'ADALORA', init_r: 2, target_r: 1, total_step: 10, bias: 'all', target_modules: 'all-linear' } },
];
