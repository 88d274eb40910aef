import { type Embedding, LayerNorm, Linear, Module, Parameter, tf } from '@unmask/tensor-core';
import type { Activation } from '../layers/activations.js';
import { tokenClassifier } from '../layers/headed-model.js';
import { DropoutLinear } from '../layers/heads.js';
import { vocabularyHead } from '../layers/vocabulary.js';
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
export class BertForTokenClassification extends tokenClassifier('bert', (config: BertConfig) => new BertModel(config, { pooler: false }), 'classifier') {}

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

/** Scores of the vocabulary (BertLMPredictionHead). */
export class BertLMPredictionHead extends Module {
  readonly transform: BertPredictionHeadTransform;
  /** [V], the decoder's; present where the words are tied, and the decoder's bias with them. */
  readonly bias: Parameter | undefined;
  readonly decoder: Linear;

  constructor(config: BertConfig, words: Embedding) {
    super();
    const [count, size] = words.weight.shape;
    this.transform = new BertPredictionHeadTransform(config.hiddenSize, size, config.layerNormEpsilon, config.activation);
    this.bias = config.tiedWords ? new Parameter([count]) : undefined;
    this.decoder = vocabularyHead(words, config.tiedWords, this.bias ?? true);
  }

  /** [B, T, h] → [B, T, V] */
  forward(x: tf.Tensor): tf.Tensor {
    return this.decoder.forward(this.transform.forward(x));
  }
}

/** Under the name that pre-training gave it (BertOnlyMLMHead). */
export class BertOnlyMLMHead extends Module {
  readonly predictions: BertLMPredictionHead;

  constructor(config: BertConfig, words: Embedding) {
    super();
    this.predictions = new BertLMPredictionHead(config, words);
  }
}

/** The masked language model (BertForMaskedLM). */
export class BertForMaskedLM extends Module implements TransformerModel {
  readonly bert: BertModel;
  readonly cls: BertOnlyMLMHead;

  constructor(config: BertConfig) {
    super();
    this.bert = new BertModel(config, { pooler: false });
    this.cls = new BertOnlyMLMHead(config, this.bert.embeddings.word_embeddings);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.cls.predictions.forward(this.bert.forward(inputs, options)));
  }
}
