import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'BOFT of three factors with dropout', config: { peft_type: 'BOFT', boft_block_num: 8, boft_n_butterfly_factor: 3, boft_dropout: 0.3 } },
];
