import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'LoKr of both factors with dropout', config: { peft_type: 'LOKR', r: 1, decompose_both: true, decompose_factor: 8, rank_dropout: 0.2, rank_dropout_scale: true, init_weights: 'lycoris' } },
];
