// Written by `npm run generate` from the folders beside this file: change those.
import { lora } from './lora/index.js';
import type { AdapterMethod } from './method.js';

export * from './lora/index.js';

/** Every method. */
export const adapterMethods: readonly AdapterMethod[] = [lora];
