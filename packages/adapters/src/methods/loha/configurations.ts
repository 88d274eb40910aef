import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'LoHa with patterns and dropout', config: { peft_type: 'LOHA', r: 2, alpha: 6, rank_dropout: 0.2, module_dropout: 0.1, rank_pattern: { '0\\..*': 3 }, alpha_pattern: { '1\\..*': 3 } } },
];
