import type { Configuration } from '../../conformance.js';

export const configurations: readonly Configuration[] = [
  { name: 'SHiRA', config: { peft_type: 'SHIRA', r: 2 } },
];
