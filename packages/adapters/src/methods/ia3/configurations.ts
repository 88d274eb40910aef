import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: '(IA)³', config: { peft_type: 'IA3' }, refusedBy: ['electra', 'distilbert'] },
  { name: '(IA)³ of all linear layers from random factors', config: { peft_type: 'IA3', target_modules: 'all-linear', feedforward_modules: [], init_ia3_weights: false }, identity: false },
];
