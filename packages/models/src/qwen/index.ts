import { defineLlamaFamily } from '../llama/index.js';
import { parseQwen2Config, parseQwen3Config } from './config.js';

/** Qwen2 and Qwen2.5 (Yang et al. 2024). */
export const qwen2 = defineLlamaFamily('qwen2', 'Qwen2', parseQwen2Config);

/** Qwen3 without experts (Yang et al. 2025). */
export const qwen3 = defineLlamaFamily('qwen3', 'Qwen3', parseQwen3Config);
