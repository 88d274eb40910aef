import { add, attention, Embedding, Linear, Module, multiply, reshape, RmsNorm, rotary, silu, swiGlu, tf } from '@unmask/tensor-core';
import type { Activation } from '../layers/activations.js';
import { causalMask } from '../layers/masks.js';
import { rotaryTables } from '../layers/rotary.js';
import { runStack } from '../layers/stack.js';
import { positionIds, tokenMask } from '../layers/token-mask.js';
import type { ForwardOptions, TokenInputs } from '../model.js';
import type { LlamaConfig } from './config.js';

/** What every layer of a forward pass is given beside its input. */
interface Surroundings {
  /** [B or 1, 1, T, S] */
  readonly mask: tf.Tensor;
  /** Cosines and sines of the positions, [B or 1, T, d/2]. */
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  readonly options: ForwardOptions;
  /** The layer's number, from 0. */
  readonly layer: number;
}

/** Self-attention with rotary positions and shared key heads (HF modeling_llama.py, LlamaAttention; Qwen3Attention with norms). */
class LlamaAttention extends Module {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly o_proj: Linear;
  readonly q_norm: RmsNorm | undefined;
  readonly k_norm: RmsNorm | undefined;
  readonly #config: LlamaConfig;

  constructor(config: LlamaConfig) {
    super();
    const { hiddenSize, headSize, heads, keyValueHeads, queryKeyValueBias: bias } = config;
    this.q_proj = new Linear(hiddenSize, heads * headSize, { bias });
    this.k_proj = new Linear(hiddenSize, keyValueHeads * headSize, { bias });
    this.v_proj = new Linear(hiddenSize, keyValueHeads * headSize, { bias });
    this.o_proj = new Linear(heads * headSize, hiddenSize, { bias: config.attentionOutputBias });
    this.q_norm = config.headNorm ? new RmsNorm(headSize, config.rmsNormEpsilon) : undefined;
    this.k_norm = config.headNorm ? new RmsNorm(headSize, config.rmsNormEpsilon) : undefined;
    this.#config = config;
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, { mask, cos, sin, options: { cache, random }, layer }: Surroundings): tf.Tensor {
    const { heads, keyValueHeads, attentionDropout: rate } = this.#config;
    const query = rotary(normalizeHeads(this.q_proj.forward(x), this.q_norm), cos, sin); // [B, T, H·d]
    const newKeys = rotary(normalizeHeads(this.k_proj.forward(x), this.k_norm), cos, sin); // [B, T, G·d]
    const newValues = this.v_proj.forward(x); // [B, T, G·d]
    const { keys, values } = cache?.append(layer, newKeys, newValues) ?? { keys: newKeys, values: newValues }; // [B, S, G·d]
    return this.o_proj.forward(attention(query, keys, values, { heads, keyValueHeads, mask, dropout: random && { rate, random } }));
  }
}

/** Normalises each head by itself where there is a norm. [B, T, H·d] → [B, T, H·d] */
function normalizeHeads(x: tf.Tensor, norm: RmsNorm | undefined): tf.Tensor {
  if (!norm) return x;
  const [batch, length] = x.shape as [number, number, number];
  return reshape(norm.forward(reshape(x, [batch, length, -1, norm.weight.size])), x.shape);
}

/** The gated feed-forward block (LlamaMLP). */
class LlamaMLP extends Module {
  readonly gate_proj: Linear;
  readonly up_proj: Linear;
  readonly down_proj: Linear;
  readonly #activation: Activation;

  constructor({ hiddenSize, intermediateSize, feedForwardBias: bias, activation }: LlamaConfig) {
    super();
    this.#activation = activation;
    this.gate_proj = new Linear(hiddenSize, intermediateSize, { bias });
    this.up_proj = new Linear(hiddenSize, intermediateSize, { bias });
    this.down_proj = new Linear(intermediateSize, hiddenSize, { bias });
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor): tf.Tensor {
    const [gate, up] = [this.gate_proj.forward(x), this.up_proj.forward(x)]; // [B, T, i]
    return this.down_proj.forward(this.#activation === silu ? swiGlu(gate, up) : multiply(this.#activation(gate), up));
  }
}

/** One decoder layer, normalised before each block (LlamaDecoderLayer). */
class LlamaDecoderLayer extends Module {
  readonly self_attn: LlamaAttention;
  readonly mlp: LlamaMLP;
  readonly input_layernorm: RmsNorm;
  readonly post_attention_layernorm: RmsNorm;

  constructor(config: LlamaConfig) {
    super();
    this.self_attn = new LlamaAttention(config);
    this.mlp = new LlamaMLP(config);
    this.input_layernorm = new RmsNorm(config.hiddenSize, config.rmsNormEpsilon);
    this.post_attention_layernorm = new RmsNorm(config.hiddenSize, config.rmsNormEpsilon);
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, surroundings: Surroundings): tf.Tensor {
    const attended = add(x, this.self_attn.forward(this.input_layernorm.forward(x), surroundings));
    return add(attended, this.mlp.forward(this.post_attention_layernorm.forward(attended)));
  }
}

/** The bare decoder (LlamaModel). */
export class LlamaModel extends Module {
  readonly embed_tokens: Embedding;
  readonly layers: LlamaDecoderLayer[];
  readonly norm: RmsNorm;
  readonly #config: LlamaConfig;

  constructor(config: LlamaConfig) {
    super();
    this.embed_tokens = new Embedding(config.vocabSize, config.hiddenSize);
    this.layers = Array.from({ length: config.layers }, () => new LlamaDecoderLayer(config));
    this.norm = new RmsNorm(config.hiddenSize, config.rmsNormEpsilon);
    this.#config = config;
  }

  /**
   * @returns the last hidden states [B, T, h]
   * @throws UnmaskError when the attention mask does not cover the cached and the new tokens
   */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const tokens = tokenMask(inputs, options);
      const mask = causalMask(tokens, this.#config.slidingWindow); // [B or 1, 1, T, S]
      const { cos, sin } = rotaryTables(this.#config.rotary, positionIds(tokens)); // [B or 1, T, d/2]
      const words = this.embed_tokens.forward(inputs.inputIds); // [B, T, h]
      const hidden = runStack(this.layers, words, [mask, cos, sin], options, (decoder, x, [mask, cos, sin], layer) =>
        decoder.forward(x, { mask, cos, sin, options, layer }),
      );
      return this.norm.forward(hidden);
    });
  }
}
