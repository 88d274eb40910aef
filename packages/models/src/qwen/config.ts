import { UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';
import { type LlamaConfig, readLlamaConfig } from '../llama/index.js';

/** The windows that Qwen has for its upper layers are not here: without them a token sees all before it. */
function refuseWindows(read: ConfigReader): void {
  if (read.flag('use_sliding_window', false)) {
    throw new UnmaskError('config.json: "use_sliding_window" is true, which is not supported: set it to false if no text is longer than "sliding_window"', { code: 'unsupported' });
  }
}

/**
 * Llama with biases on queries, keys and values (HF configuration_qwen2.py).
 * @throws UnmaskError naming a field that is missing, out of range or not supported
 */
export function parseQwen2Config(config: unknown): LlamaConfig {
  const read = new ConfigReader(config);
  refuseWindows(read);
  return { ...readLlamaConfig(read), queryKeyValueBias: true };
}

/**
 * Llama with queries and keys normalised head by head (HF configuration_qwen3.py).
 * @throws UnmaskError naming a field that is missing, out of range or not supported
 */
export function parseQwen3Config(config: unknown): LlamaConfig {
  const read = new ConfigReader(config);
  refuseWindows(read);
  const bias = read.flag('attention_bias', false);
  return { ...readLlamaConfig(read), queryKeyValueBias: bias, attentionOutputBias: bias, headNorm: true };
}
