import { dropout, gelu, LayerNorm, Linear, linear, Module, Parameter, tf } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { BertConfig } from './config.js';
import { BertModel } from './model.js';

/** A linear classifier (or score) on the pooled first token (BertForSequenceClassification). */
export class BertForSequenceClassification extends Module implements TransformerModel {
  readonly bert: BertModel;
  readonly classifier: Linear;
  readonly #dropout: number;

  constructor(config: BertConfig, outputs: number) {
    super();
    this.bert = new BertModel(config, { pooler: true });
    this.classifier = new Linear(config.hiddenSize, outputs);
    this.#dropout = config.classifierDropout;
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const pooled = this.bert.pooler!.forward(this.bert.forward(inputs, options)); // [B, h]
      return this.classifier.forward(dropout(pooled, this.#dropout, options.random));
    });
  }
}

/** A linear classifier on each token (BertForTokenClassification). */
export class BertForTokenClassification extends Module implements TransformerModel {
  readonly bert: BertModel;
  readonly classifier: Linear;
  readonly #dropout: number;

  constructor(config: BertConfig, outputs: number) {
    super();
    this.bert = new BertModel(config, { pooler: false });
    this.classifier = new Linear(config.hiddenSize, outputs);
    this.#dropout = config.classifierDropout;
  }

  /** @returns logits [B, T, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(dropout(this.bert.forward(inputs, options), this.#dropout, options.random)));
  }
}

/** LN(gelu(dense(x))) before the vocabulary (BertPredictionHeadTransform). */
class BertPredictionHeadTransform extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;

  constructor(config: BertConfig) {
    super();
    this.dense = new Linear(config.hiddenSize, config.hiddenSize);
    this.LayerNorm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
  }

  /** [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor): tf.Tensor {
    return this.LayerNorm.forward(gelu(this.dense.forward(x)));
  }
}

/** Scores of the vocabulary: the word vectors serve as weights (BertLMPredictionHead with its tied decoder). */
export class BertLMPredictionHead extends Module {
  readonly transform: BertPredictionHeadTransform;
  /** [V] */
  readonly bias: Parameter;

  constructor(config: BertConfig) {
    super();
    this.transform = new BertPredictionHeadTransform(config);
    this.bias = new Parameter([config.vocabSize]);
  }

  /** x [B, T, h], words [V, h] → [B, T, V] */
  forward(x: tf.Tensor, words: Parameter): tf.Tensor {
    return linear(this.transform.forward(x), words, this.bias);
  }
}

/** Under the name that pre-training gave it (BertOnlyMLMHead). */
class BertOnlyMLMHead extends Module {
  readonly predictions: BertLMPredictionHead;

  constructor(config: BertConfig) {
    super();
    this.predictions = new BertLMPredictionHead(config);
  }
}

/** The masked language model (BertForMaskedLM). */
export class BertForMaskedLM extends Module implements TransformerModel {
  readonly bert: BertModel;
  readonly cls: BertOnlyMLMHead;

  constructor(config: BertConfig) {
    super();
    this.bert = new BertModel(config, { pooler: false });
    this.cls = new BertOnlyMLMHead(config);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.cls.predictions.forward(this.bert.forward(inputs, options), this.bert.embeddings.word_embeddings.weight));
  }
}
