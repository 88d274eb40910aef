// Written by `npm run generate` from the folders beside this file: change those.
import { adalora } from './adalora/index.js';
import { boft } from './boft/index.js';
import { bottleneck } from './bottleneck/index.js';
import { fourierft } from './fourierft/index.js';
import { ia3 } from './ia3/index.js';
import { lnTuning } from './ln-tuning/index.js';
import { loha } from './loha/index.js';
import { lokr } from './lokr/index.js';
import { lora } from './lora/index.js';
import { miss } from './miss/index.js';
import { oft } from './oft/index.js';
import { pTuning } from './p-tuning/index.js';
import { prefixTuning } from './prefix-tuning/index.js';
import { promptTuning } from './prompt-tuning/index.js';
import { rosa } from './rosa/index.js';
import { shira } from './shira/index.js';
import { supertuning } from './supertuning/index.js';
import { trainableTokens } from './trainable-tokens/index.js';
import { vera } from './vera/index.js';
import type { NamedConfigInput } from '../config.js';
import type { AdapterMethod, ConfigOf } from '../method.js';

export * from './adalora/index.js';
export * from './boft/index.js';
export * from './bottleneck/index.js';
export * from './fourierft/index.js';
export * from './ia3/index.js';
export * from './ln-tuning/index.js';
export * from './loha/index.js';
export * from './lokr/index.js';
export * from './lora/index.js';
export * from './miss/index.js';
export * from './oft/index.js';
export * from './p-tuning/index.js';
export * from './prefix-tuning/index.js';
export * from './prompt-tuning/index.js';
export * from './rosa/index.js';
export * from './shira/index.js';
export * from './supertuning/index.js';
export * from './trainable-tokens/index.js';
export * from './vera/index.js';

/** Every method. */
export const adapterMethods: readonly AdapterMethod[] = [adalora, boft, bottleneck, fourierft, ia3, lnTuning, loha, lokr, lora, miss, oft, pTuning, prefixTuning, promptTuning, rosa, shira, supertuning, trainableTokens, vera];

/** The configurations of all methods, told apart by `peft_type`. */
export type AdapterConfig = ConfigOf<typeof adalora | typeof boft | typeof bottleneck | typeof fourierft | typeof ia3 | typeof lnTuning | typeof loha | typeof lokr | typeof lora | typeof miss | typeof oft | typeof pTuning | typeof prefixTuning | typeof promptTuning | typeof rosa | typeof shira | typeof supertuning | typeof trainableTokens | typeof vera>;

/** What a user writes of one: any of its fields. */
export type AdapterConfigInput = NamedConfigInput<AdapterConfig>;
