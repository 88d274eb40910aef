import { add, attention, dropout, Embedding, LayerNorm, Linear, Module, type Random, split, tf } from '@unmask/tensor-core';
import { causalMask } from '../layers/masks.js';
import { runStack } from '../layers/stack.js';
import { positionIds, tokenMask } from '../layers/token-mask.js';
import type { ForwardOptions, TokenInputs } from '../model.js';
import type { Gpt2Config } from './config.js';

/** A projection whose weight lies [in, out] (HF pytorch_utils.py, Conv1D). */
const conv1D = (inFeatures: number, outFeatures: number) => new Linear(inFeatures, outFeatures, { transposed: true });

/** What every layer of a forward pass is given beside its input. */
interface Surroundings {
  /** [B or 1, 1, T, S] */
  readonly mask: tf.Tensor;
  readonly options: ForwardOptions;
  /** The layer's number, from 0. */
  readonly layer: number;
}

/** Self-attention whose queries, keys and values come from one projection (HF modeling_gpt2.py, GPT2Attention). */
class GPT2Attention extends Module {
  readonly c_attn: Linear;
  readonly c_proj: Linear;
  readonly #config: Gpt2Config;

  constructor(config: Gpt2Config) {
    super();
    this.c_attn = conv1D(config.hiddenSize, 3 * config.hiddenSize);
    this.c_proj = conv1D(config.hiddenSize, config.hiddenSize);
    this.#config = config;
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, { mask, options: { cache, random }, layer }: Surroundings): tf.Tensor {
    const { heads, hiddenSize, scaledByHead, scaledByLayer, attentionDropout: rate, residualDropout } = this.#config;
    const [query, newKeys, newValues] = split(this.c_attn.forward(x), 3); // [B, T, h] each
    const { keys, values } = cache?.append(layer, newKeys, newValues) ?? { keys: newKeys, values: newValues }; // [B, S, h]
    const scale = (scaledByHead ? Math.sqrt(heads / hiddenSize) : 1) / (scaledByLayer ? layer + 1 : 1);
    const context = attention(query, keys, values, { heads, scale, mask, dropout: random && { rate, random } });
    return dropout(this.c_proj.forward(context), residualDropout, random);
  }
}

/** The feed-forward block (GPT2MLP). */
class GPT2MLP extends Module {
  readonly c_fc: Linear;
  readonly c_proj: Linear;
  readonly #config: Gpt2Config;

  constructor(config: Gpt2Config) {
    super();
    this.c_fc = conv1D(config.hiddenSize, config.intermediateSize);
    this.c_proj = conv1D(config.intermediateSize, config.hiddenSize);
    this.#config = config;
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, random?: Random): tf.Tensor {
    return dropout(this.c_proj.forward(this.#config.activation(this.c_fc.forward(x))), this.#config.residualDropout, random); // by way of [B, T, i]
  }
}

/** One decoder layer, normalised before each block (GPT2Block). */
class GPT2Block extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: GPT2Attention;
  readonly ln_2: LayerNorm;
  readonly mlp: GPT2MLP;

  constructor(config: Gpt2Config) {
    super();
    this.ln_1 = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.attn = new GPT2Attention(config);
    this.ln_2 = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.mlp = new GPT2MLP(config);
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, surroundings: Surroundings): tf.Tensor {
    const attended = add(x, this.attn.forward(this.ln_1.forward(x), surroundings));
    return add(attended, this.mlp.forward(this.ln_2.forward(attended), surroundings.options.random));
  }
}

/** The bare decoder (GPT2Model). */
export class GPT2Model extends Module {
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly h: GPT2Block[];
  readonly ln_f: LayerNorm;
  readonly #config: Gpt2Config;

  constructor(config: Gpt2Config) {
    super();
    this.wte = new Embedding(config.vocabSize, config.hiddenSize);
    this.wpe = new Embedding(config.maxPositions, config.hiddenSize);
    this.h = Array.from({ length: config.layers }, () => new GPT2Block(config));
    this.ln_f = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.#config = config;
  }

  /**
   * @returns the last hidden states [B, T, h]
   * @throws UnmaskError when a sequence is longer than the table of positions, or the attention mask does not cover the
   *   cached and the new tokens
   */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const tokens = tokenMask(inputs, options);
      const mask = causalMask(tokens); // [B or 1, 1, T, S]
      const places = this.wpe.forward(positionIds(tokens, this.#config.maxPositions)); // [B or 1, T, h]
      const words = dropout(add(this.wte.forward(inputs.inputIds), places), this.#config.embeddingDropout, options.random); // [B, T, h]
      const hidden = runStack(this.h, words, [mask], options, (block, x, [mask], layer) => block.forward(x, { mask, options, layer }));
      return this.ln_f.forward(hidden);
    });
  }
}
