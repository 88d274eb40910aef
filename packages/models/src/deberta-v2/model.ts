import { add, dropout, Embedding, LayerNorm, Linear, Module, multiply, type Random, tf } from '@unmask/tensor-core';
import { BertIntermediate, BertResidual } from '../bert/index.js';
import { paddingMask } from '../layers/masks.js';
import { columnsOf } from '../layers/positions.js';
import { runStack } from '../layers/stack.js';
import type { ForwardOptions, TokenInputs } from '../model.js';
import { DisentangledSelfAttention, type LayerContext } from './attention.js';
import type { DebertaV2Config } from './config.js';
import { relativeTensors } from './positions.js';

/** Word vectors, with those of positions and segments where there are any (HF modeling_deberta_v2.py, DebertaV2Embeddings). */
class DebertaV2Embeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding | undefined;
  readonly token_type_embeddings: Embedding | undefined;
  readonly embed_proj: Linear | undefined;
  readonly LayerNorm: LayerNorm;
  readonly #config: DebertaV2Config;

  constructor(config: DebertaV2Config) {
    super();
    const { embeddingSize, hiddenSize } = config;
    this.word_embeddings = new Embedding(config.vocabSize, embeddingSize);
    this.position_embeddings = config.absolutePositions ? new Embedding(config.maxPositions, embeddingSize) : undefined;
    this.token_type_embeddings = config.typeVocabSize > 0 ? new Embedding(config.typeVocabSize, embeddingSize) : undefined;
    this.embed_proj = embeddingSize === hiddenSize ? undefined : new Linear(embeddingSize, hiddenSize, { bias: false });
    this.LayerNorm = new LayerNorm(hiddenSize, config.layerNormEpsilon);
    this.#config = config;
  }

  /** @returns [B, T, h], zero at padding */
  forward(inputs: TokenInputs, random?: Random): tf.Tensor {
    const { inputIds, attentionMask, tokenTypeIds } = inputs;
    const words = this.word_embeddings.forward(inputIds); // [B, T, e]
    const placed = this.position_embeddings ? add(words, this.position_embeddings.forward(columnsOf(inputs, this.#config.maxPositions))) : words;
    const typed = this.token_type_embeddings ? add(placed, this.token_type_embeddings.forward(tokenTypeIds)) : placed;
    const normalised = this.LayerNorm.forward(this.embed_proj ? this.embed_proj.forward(typed) : typed); // [B, T, h]
    const mask = tf.cast(tf.expandDims(attentionMask, 2), 'float32'); // [B, T, 1]
    return dropout(multiply(normalised, mask), this.#config.hiddenDropout, random);
  }
}

/** Self-attention and its output, under Hugging Face's names (DebertaV2Attention). */
class DebertaV2Attention extends Module {
  readonly self: DisentangledSelfAttention;
  readonly output: BertResidual;

  constructor(config: DebertaV2Config) {
    super();
    this.self = new DisentangledSelfAttention(config);
    this.output = new BertResidual(config.hiddenSize, config);
  }

  forward(x: tf.Tensor, context: LayerContext, random?: Random): tf.Tensor {
    return this.output.forward(this.self.forward(x, context, random), x, random);
  }
}

/** One transformer layer, normalised after each residual (DebertaV2Layer). */
class DebertaV2Layer extends Module {
  readonly attention: DebertaV2Attention;
  readonly intermediate: BertIntermediate;
  readonly output: BertResidual;

  constructor(config: DebertaV2Config) {
    super();
    this.attention = new DebertaV2Attention(config);
    this.intermediate = new BertIntermediate(config);
    this.output = new BertResidual(config.intermediateSize, config);
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, context: LayerContext, random?: Random): tf.Tensor {
    const attended = this.attention.forward(x, context, random);
    return this.output.forward(this.intermediate.forward(attended), attended, random);
  }
}

/** The stack of layers, with the relative embeddings that they share (DebertaV2Encoder). */
class DebertaV2Encoder extends Module {
  readonly layer: DebertaV2Layer[];
  readonly rel_embeddings: Embedding | undefined;
  readonly LayerNorm: LayerNorm | undefined;
  readonly #config: DebertaV2Config;

  constructor(config: DebertaV2Config) {
    super();
    const { hiddenSize, relativeAttention: relative } = config;
    this.layer = Array.from({ length: config.layers }, () => new DebertaV2Layer(config));
    this.rel_embeddings = relative && new Embedding(2 * relative.span, hiddenSize);
    this.LayerNorm = relative?.normalized ? new LayerNorm(hiddenSize, config.layerNormEpsilon) : undefined;
    this.#config = config;
  }

  /** x [B, T, h], mask [B, 1, 1, T] → [B, T, h] */
  forward(x: tf.Tensor, mask: tf.Tensor, options: ForwardOptions): tf.Tensor {
    return runStack(this.layer, x, [mask, ...this.#positions(x)], options, (layer, hidden, [mask, rows, fromQueries, fromKeys]) =>
      layer.forward(hidden, { mask, ...(rows && { positions: { rows, fromQueries, fromKeys } }) }, options.random),
    );
  }

  /** rows [R, h], fromQueries [2T] and fromKeys [2T] of {@link LayerContext}; nothing without relative attention */
  #positions(x: tf.Tensor): tf.Tensor[] {
    const { relativeAttention, maxPositions } = this.#config;
    if (!relativeAttention) return [];
    const [needed, ...places] = relativeTensors(x, relativeAttention, maxPositions);
    const rows = this.rel_embeddings!.forward(needed); // [R, h]
    return [this.LayerNorm ? this.LayerNorm.forward(rows) : rows, ...places];
  }
}

/** The bare encoder (DebertaV2Model). */
export class DebertaV2Model extends Module {
  readonly embeddings: DebertaV2Embeddings;
  readonly encoder: DebertaV2Encoder;

  constructor(config: DebertaV2Config) {
    super();
    this.embeddings = new DebertaV2Embeddings(config);
    this.encoder = new DebertaV2Encoder(config);
  }

  /** @returns the last hidden states [B, T, h] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    // Hugging Face masks queries as well, but nobody reads the states of padding: masking the keys is enough.
    return tf.tidy(() => this.encoder.forward(this.embeddings.forward(inputs, options.random), paddingMask(inputs.attentionMask), options));
  }
}
