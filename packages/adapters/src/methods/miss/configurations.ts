import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'MiSS with dropout, of a rank that does not divide the inputs', config: { peft_type: 'MISS', r: 5, miss_dropout: 0.2 } },
];
