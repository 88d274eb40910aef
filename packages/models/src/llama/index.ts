import { parseLlamaConfig } from './config.js';
import { defineLlamaFamily } from './family.js';

export { LlamaForCausalLM, LlamaForSequenceClassification, LlamaForTokenClassification } from './heads.js';
export { LlamaModel } from './model.js';
export { parseLlamaConfig, readLlamaConfig, type LlamaConfig } from './config.js';
export { defineLlamaFamily } from './family.js';

/** Llama 1 to 3 (Touvron et al. 2023, Grattafiori et al. 2024) and the many decoders of its shape. */
export const llama = defineLlamaFamily('llama', 'Llama', parseLlamaConfig);
