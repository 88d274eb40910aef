import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [{ name: 'trainable tokens', config: { peft_type: 'TRAINABLE_TOKENS', token_indices: [12, 7, 40, 15] } }];
