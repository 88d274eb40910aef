import { ConfigReader } from '../config.js';
import { defineLlamaFamily, type LlamaConfig, readLlamaConfig } from '../llama/index.js';

/** Llama whose tokens see back over a window, or all the way where it is null (HF configuration_mistral.py). */
function parseMistralConfig(config: unknown): LlamaConfig {
  const read = new ConfigReader(config);
  return { ...readLlamaConfig(read), slidingWindow: read.has('sliding_window') ? read.size('sliding_window') : Infinity };
}

/** Mistral (Jiang et al. 2023). */
export const mistral = defineLlamaFamily('mistral', 'Mistral', parseMistralConfig);
