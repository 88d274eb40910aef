import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'OFT', config: { peft_type: 'OFT', oft_block_size: 4 } },
];
