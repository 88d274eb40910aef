// Written by `npm run generate` from the folders beside this file: change those.
import { adalora } from './adalora/index.js';
import { bottleneck } from './bottleneck/index.js';
import { ia3 } from './ia3/index.js';
import { lnTuning } from './ln-tuning/index.js';
import { lora } from './lora/index.js';
import { prefixTuning } from './prefix-tuning/index.js';
import { promptTuning } from './prompt-tuning/index.js';
import type { NamedConfigInput } from './config.js';
import type { AdapterMethod, ConfigOf } from './method.js';

export * from './adalora/index.js';
export * from './bottleneck/index.js';
export * from './ia3/index.js';
export * from './ln-tuning/index.js';
export * from './lora/index.js';
export * from './prefix-tuning/index.js';
export * from './prompt-tuning/index.js';

/** Every method. */
export const adapterMethods: readonly AdapterMethod[] = [adalora, bottleneck, ia3, lnTuning, lora, prefixTuning, promptTuning];

/** The configurations of all methods, told apart by `peft_type`. */
export type AdapterConfig = ConfigOf<typeof adalora | typeof bottleneck | typeof ia3 | typeof lnTuning | typeof lora | typeof prefixTuning | typeof promptTuning>;

/** What a user writes of one: any of its fields. */
export type AdapterConfigInput = NamedConfigInput<AdapterConfig>;
