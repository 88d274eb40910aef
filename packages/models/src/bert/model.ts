import { add, attention, dropout, LayerNorm, Linear, Module, type Random, takeToken, tanh, tf } from '@unmask/tensor-core';
import type { Activation } from '../layers/activations.js';
import { encoderMask } from '../layers/masks.js';
import { runStack } from '../layers/stack.js';
import type { ForwardOptions, TokenInputs } from '../model.js';
import type { BertConfig } from './config.js';
import { BertEmbeddings } from './embeddings.js';

/** What every layer of a forward pass is given beside its input. */
interface Surroundings {
  /** [B, 1, 1, S + T], or of causal attention [B or 1, 1, T, S + T] */
  readonly mask: tf.Tensor;
  readonly options: ForwardOptions;
  /** The layer's number, from 0. */
  readonly layer: number;
}

/** The projections of self-attention (BertSelfAttention). */
class BertSelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly #config: BertConfig;

  constructor(config: BertConfig) {
    super();
    const { hiddenSize } = config;
    this.query = new Linear(hiddenSize, hiddenSize);
    this.key = new Linear(hiddenSize, hiddenSize);
    this.value = new Linear(hiddenSize, hiddenSize);
    this.#config = config;
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, { mask, options: { cache, random }, layer }: Surroundings): tf.Tensor {
    const { heads, attentionDropout: rate } = this.#config;
    const [query, newKeys, newValues] = [this.query.forward(x), this.key.forward(x), this.value.forward(x)]; // [B, T, h] each
    const { keys, values } = cache?.append(layer, newKeys, newValues) ?? { keys: newKeys, values: newValues }; // [B, S + T, h]
    return attention(query, keys, values, { heads, mask, dropout: random && { rate, random } });
  }
}

/** A projection whose result joins the residual stream: LN(dropout(dense(x)) + residual) (BertSelfOutput, BertOutput). */
export class BertResidual extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly #rate: number;

  constructor(inFeatures: number, config: BertConfig) {
    super();
    this.dense = new Linear(inFeatures, config.hiddenSize);
    this.LayerNorm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.#rate = config.hiddenDropout;
  }

  /** x [B, T, in], residual [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, residual: tf.Tensor, random?: Random): tf.Tensor {
    return this.LayerNorm.forward(add(dropout(this.dense.forward(x), this.#rate, random), residual));
  }
}

/** Self-attention and its output, under Hugging Face's names (BertAttention). */
class BertAttention extends Module {
  readonly self: BertSelfAttention;
  readonly output: BertResidual;

  constructor(config: BertConfig) {
    super();
    this.self = new BertSelfAttention(config);
    this.output = new BertResidual(config.hiddenSize, config);
  }

  forward(x: tf.Tensor, surroundings: Surroundings): tf.Tensor {
    return this.output.forward(this.self.forward(x, surroundings), x, surroundings.options.random);
  }
}

/** The widening half of the feed-forward block (BertIntermediate). */
export class BertIntermediate extends Module {
  readonly dense: Linear;
  readonly #activation: Activation;

  constructor(config: BertConfig) {
    super();
    this.dense = new Linear(config.hiddenSize, config.intermediateSize);
    this.#activation = config.activation;
  }

  /** [B, T, h] → [B, T, i] */
  forward(x: tf.Tensor): tf.Tensor {
    return this.#activation(this.dense.forward(x));
  }
}

/** One transformer layer, normalised after each residual (BertLayer). */
class BertLayer extends Module {
  readonly attention: BertAttention;
  readonly intermediate: BertIntermediate;
  readonly output: BertResidual;

  constructor(config: BertConfig) {
    super();
    this.attention = new BertAttention(config);
    this.intermediate = new BertIntermediate(config);
    this.output = new BertResidual(config.intermediateSize, config);
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, surroundings: Surroundings): tf.Tensor {
    const attended = this.attention.forward(x, surroundings);
    return this.output.forward(this.intermediate.forward(attended), attended, surroundings.options.random);
  }
}

/** The stack of layers (BertEncoder). */
export class BertEncoder extends Module {
  readonly layer: BertLayer[];

  constructor(config: BertConfig) {
    super();
    this.layer = Array.from({ length: config.layers }, () => new BertLayer(config));
  }

  /** x [B, T, h], mask [B, 1, 1 or T, S + T] → [B, T, h] */
  forward(x: tf.Tensor, mask: tf.Tensor, options: ForwardOptions): tf.Tensor {
    return runStack(this.layer, x, [mask], options, (module, hidden, [mask], layer) => module.forward(hidden, { mask, options, layer }));
  }
}

/** tanh(dense(first token)) (BertPooler). */
export class BertPooler extends Module {
  readonly dense: Linear;

  constructor(config: BertConfig) {
    super();
    this.dense = new Linear(config.hiddenSize, config.hiddenSize);
  }

  /** [B, T, h] → [B, h] */
  forward(hidden: tf.Tensor): tf.Tensor {
    return tanh(this.dense.forward(takeToken(hidden, 0)));
  }
}

/** The bare encoder (BertModel), with the pooler that only some heads have. */
export class BertModel extends Module {
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler: BertPooler | undefined;
  readonly #config: BertConfig;

  constructor(config: BertConfig, { pooler }: { readonly pooler: boolean }) {
    super();
    this.embeddings = new BertEmbeddings(config);
    this.encoder = new BertEncoder(config);
    this.pooler = pooler ? new BertPooler(config) : undefined;
    this.#config = config;
  }

  /** @returns the last hidden states [B, T, h] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.encoder.forward(this.embeddings.forward(inputs, options.random), encoderMask(inputs, options, this.#config), options));
  }
}
