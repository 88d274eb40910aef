import type { TokenInputs } from '@unmask/models';
import { Module, type Parameter, tf } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig } from './config.js';

/** What HF PEFT's files have before the names of layers beside virtual tokens, which it puts around the model, not into it. */
export const FILE_PREFIX = 'base_model.';

/** Fields of the methods that put trained tokens before those of the text (HF PEFT config.py, PromptLearningConfig). */
export interface VirtualTokensConfig extends PeftConfig {
  /** How many trained tokens there are, P. */
  readonly num_virtual_tokens: number;
  /** What HF PEFT notes of the model; the model itself says it here. */
  readonly token_dim: number | null;
  readonly num_transformer_submodules: number | null;
  readonly num_attention_heads: number | null;
  readonly num_layers: number | null;
}

/** Reads these fields. @throws UnmaskError naming one that is missing or out of range */
export function virtualTokens(fields: ConfigFields): Omit<VirtualTokensConfig, keyof PeftConfig> {
  return {
    num_virtual_tokens: fields.integer('num_virtual_tokens', NaN, 1),
    token_dim: fields.optionalInteger('token_dim', 1),
    num_transformer_submodules: fields.optionalInteger('num_transformer_submodules', 1),
    num_attention_heads: fields.optionalInteger('num_attention_heads', 1),
    num_layers: fields.optionalInteger('num_layers', 1),
  };
}

/** The trained values, under the name that they have in HF PEFT's files. */
export class PromptEmbeddings extends Module {
  readonly prompt_embeddings: Parameter;

  constructor(values: Parameter) {
    super();
    this.prompt_embeddings = values;
  }
}

/** Inputs whose mask covers `count` places before the tokens. The mask is a new tensor. */
export const maskedBefore = (inputs: TokenInputs, count: number): TokenInputs => ({
  ...inputs,
  attentionMask: before(inputs.attentionMask, count, 1),
});

/** [B, T] → [B, count + T], with `value` in the new columns */
export const before = (x: tf.Tensor, count: number, value: number): tf.Tensor => tf.pad(x, [[0, 0], [count, 0]], value);
