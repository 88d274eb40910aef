import { add, attention, dropout, LayerNorm, Linear, Module, type Random, tf } from '@unmask/tensor-core';
import { BertEmbeddings, type BertConfig } from '../bert/index.js';
import type { Activation } from '../layers/activations.js';
import { paddingMask } from '../layers/masks.js';
import { runStack } from '../layers/stack.js';
import type { ForwardOptions, TokenInputs } from '../model.js';

/** Self-attention (HF modeling_distilbert.py, DistilBertSelfAttention). */
class DistilBertAttention extends Module {
  readonly q_lin: Linear;
  readonly k_lin: Linear;
  readonly v_lin: Linear;
  readonly out_lin: Linear;
  readonly #config: BertConfig;

  constructor(config: BertConfig) {
    super();
    const { hiddenSize } = config;
    this.q_lin = new Linear(hiddenSize, hiddenSize);
    this.k_lin = new Linear(hiddenSize, hiddenSize);
    this.v_lin = new Linear(hiddenSize, hiddenSize);
    this.out_lin = new Linear(hiddenSize, hiddenSize);
    this.#config = config;
  }

  /** x [B, T, h], mask [B, 1, 1, T] → [B, T, h] */
  forward(x: tf.Tensor, mask: tf.Tensor, random?: Random): tf.Tensor {
    const { heads, attentionDropout: rate } = this.#config;
    const context = attention(this.q_lin.forward(x), this.k_lin.forward(x), this.v_lin.forward(x), {
      heads,
      mask,
      dropout: random && { rate, random },
    });
    return this.out_lin.forward(context);
  }
}

/** The feed-forward block (FFN). */
class FeedForward extends Module {
  readonly lin1: Linear;
  readonly lin2: Linear;
  readonly #activation: Activation;
  readonly #rate: number;

  constructor(config: BertConfig) {
    super();
    this.lin1 = new Linear(config.hiddenSize, config.intermediateSize);
    this.lin2 = new Linear(config.intermediateSize, config.hiddenSize);
    this.#activation = config.activation;
    this.#rate = config.hiddenDropout;
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, random?: Random): tf.Tensor {
    return dropout(this.lin2.forward(this.#activation(this.lin1.forward(x))), this.#rate, random);
  }
}

/** One transformer layer, normalised after each residual (TransformerBlock). */
class TransformerBlock extends Module {
  readonly attention: DistilBertAttention;
  readonly sa_layer_norm: LayerNorm;
  readonly ffn: FeedForward;
  readonly output_layer_norm: LayerNorm;

  constructor(config: BertConfig) {
    super();
    this.attention = new DistilBertAttention(config);
    this.sa_layer_norm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.ffn = new FeedForward(config);
    this.output_layer_norm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, mask: tf.Tensor, random?: Random): tf.Tensor {
    const attended = this.sa_layer_norm.forward(add(this.attention.forward(x, mask, random), x));
    return this.output_layer_norm.forward(add(this.ffn.forward(attended, random), attended));
  }
}

/** The stack of layers (Transformer). */
class Transformer extends Module {
  readonly layer: TransformerBlock[];

  constructor(config: BertConfig) {
    super();
    this.layer = Array.from({ length: config.layers }, () => new TransformerBlock(config));
  }

  /** x [B, T, h], mask [B, 1, 1, T] → [B, T, h] */
  forward(x: tf.Tensor, mask: tf.Tensor, options: ForwardOptions): tf.Tensor {
    return runStack(this.layer, x, [mask], options, (layer, hidden, [mask]) => layer.forward(hidden, mask, options.random));
  }
}

/** The bare encoder (DistilBertModel). */
export class DistilBertModel extends Module {
  readonly embeddings: BertEmbeddings;
  readonly transformer: Transformer;

  constructor(config: BertConfig) {
    super();
    this.embeddings = new BertEmbeddings(config);
    this.transformer = new Transformer(config);
  }

  /** @returns the last hidden states [B, T, h] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.transformer.forward(this.embeddings.forward(inputs, options.random), paddingMask(inputs.attentionMask), options));
  }
}
