import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'RoSA that chooses after a step', config: { peft_type: 'ROSA', r: 2, d: 0.02, warmup_steps: 1 }, exactGradients: false },
];
