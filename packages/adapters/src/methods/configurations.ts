// Written by `npm run generate` from the folders beside this file: change those.
import type { Configuration } from '../conformance.js';
import { configurations as adalora } from './adalora/configurations.js';
import { configurations as boft } from './boft/configurations.js';
import { configurations as bottleneck } from './bottleneck/configurations.js';
import { configurations as fourierft } from './fourierft/configurations.js';
import { configurations as ia3 } from './ia3/configurations.js';
import { configurations as lnTuning } from './ln-tuning/configurations.js';
import { configurations as loha } from './loha/configurations.js';
import { configurations as lokr } from './lokr/configurations.js';
import { configurations as lora } from './lora/configurations.js';
import { configurations as miss } from './miss/configurations.js';
import { configurations as oft } from './oft/configurations.js';
import { configurations as pTuning } from './p-tuning/configurations.js';
import { configurations as prefixTuning } from './prefix-tuning/configurations.js';
import { configurations as promptTuning } from './prompt-tuning/configurations.js';
import { configurations as rosa } from './rosa/configurations.js';
import { configurations as shira } from './shira/configurations.js';
import { configurations as supertuning } from './supertuning/configurations.js';
import { configurations as trainableTokens } from './trainable-tokens/configurations.js';
import { configurations as vera } from './vera/configurations.js';

/** The configurations that the conformance suite runs. */
export const CONFIGURATIONS: readonly Configuration[] = [...adalora, ...boft, ...bottleneck, ...fourierft, ...ia3, ...lnTuning, ...loha, ...lokr, ...lora, ...miss, ...oft, ...pTuning, ...prefixTuning, ...promptTuning, ...rosa, ...shira, ...supertuning, ...trainableTokens, ...vera];
