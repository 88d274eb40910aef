// Written by `npm run generate` from the folders beside this file: change those.
import type { Configuration } from './conformance.js';
import { configurations as adalora } from './adalora/configurations.js';
import { configurations as bottleneck } from './bottleneck/configurations.js';
import { configurations as ia3 } from './ia3/configurations.js';
import { configurations as lnTuning } from './ln-tuning/configurations.js';
import { configurations as lora } from './lora/configurations.js';
import { configurations as prefixTuning } from './prefix-tuning/configurations.js';
import { configurations as promptTuning } from './prompt-tuning/configurations.js';

/** The configurations that the conformance suite runs. */
export const CONFIGURATIONS: readonly Configuration[] = [...adalora, ...bottleneck, ...ia3, ...lnTuning, ...lora, ...prefixTuning, ...promptTuning];
