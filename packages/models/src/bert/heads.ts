import { LayerNorm, Linear, linear, Module, Parameter, tf } from '@unmask/tensor-core';
import type { Activation } from '../layers/activations.js';
import { DropoutLinear } from '../layers/heads.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { BertConfig } from './config.js';
import { BertModel } from './model.js';

/** A linear classifier (or score) on the pooled first token (BertForSequenceClassification). */
export class BertForSequenceClassification extends Module implements TransformerModel {
  readonly bert: BertModel;
  readonly classifier: DropoutLinear;

  constructor(config: BertConfig, outputs: number) {
    super();
    this.bert = new BertModel(config, { pooler: true });
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const pooled = this.bert.pooler!.forward(this.bert.forward(inputs, options)); // [B, h]
      return this.classifier.forward(pooled, options.random);
    });
  }
}

/** A linear classifier on each token (BertForTokenClassification). */
export class BertForTokenClassification extends Module implements TransformerModel {
  readonly bert: BertModel;
  readonly classifier: DropoutLinear;

  constructor(config: BertConfig, outputs: number) {
    super();
    this.bert = new BertModel(config, { pooler: false });
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, T, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(this.bert.forward(inputs, options), options.random));
  }
}

/** LN(activation(dense(x))) before the vocabulary (BertPredictionHeadTransform). */
export class BertPredictionHeadTransform extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly #activation: Activation;

  constructor(inFeatures: number, outFeatures: number, epsilon: number, activation: Activation) {
    super();
    this.dense = new Linear(inFeatures, outFeatures);
    this.LayerNorm = new LayerNorm(outFeatures, epsilon);
    this.#activation = activation;
  }

  /** [B, T, in] → [B, T, out] */
  forward(x: tf.Tensor): tf.Tensor {
    return this.LayerNorm.forward(this.#activation(this.dense.forward(x)));
  }
}

/** Scores of the vocabulary: the word vectors serve as weights (BertLMPredictionHead with its tied decoder). */
export class BertLMPredictionHead extends Module {
  readonly transform: BertPredictionHeadTransform;
  /** [V] */
  readonly bias: Parameter;

  /** @param size e of the word vectors */
  constructor(config: BertConfig, size: number) {
    super();
    this.transform = new BertPredictionHeadTransform(config.hiddenSize, size, config.layerNormEpsilon, config.activation);
    this.bias = new Parameter([config.vocabSize]);
  }

  /** x [B, T, h], words [V, e] → [B, T, V] */
  forward(x: tf.Tensor, words: Parameter): tf.Tensor {
    return linear(this.transform.forward(x), words, this.bias);
  }
}

/** Under the name that pre-training gave it (BertOnlyMLMHead). */
export class BertOnlyMLMHead extends Module {
  readonly predictions: BertLMPredictionHead;

  /** @param size e of the word vectors */
  constructor(config: BertConfig, size = config.hiddenSize) {
    super();
    this.predictions = new BertLMPredictionHead(config, size);
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
