import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'FourierFT with patterns', config: { peft_type: 'FOURIERFT', n_frequency: 40, n_frequency_pattern: { '0\\..*': 30 }, init_weights: true } },
];
