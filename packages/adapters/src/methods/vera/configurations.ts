import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'VeRA with dropout', config: { peft_type: 'VERA', r: 6, vera_dropout: 0.2 } },
];
