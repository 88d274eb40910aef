import { LayerNorm, Linear, Module, relu, takeToken, tf } from '@unmask/tensor-core';
import type { BertConfig } from '../bert/index.js';
import type { Activation } from '../layers/activations.js';
import { tokenClassifier } from '../layers/headed-model.js';
import { DropoutLinear } from '../layers/heads.js';
import { vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import { DistilBertModel } from './model.js';

/** Two layers on the first token (DistilBertForSequenceClassification). */
export class DistilBertForSequenceClassification extends Module implements TransformerModel {
  readonly distilbert: DistilBertModel;
  readonly pre_classifier: Linear;
  readonly classifier: DropoutLinear;

  constructor(config: BertConfig, outputs: number) {
    super();
    this.distilbert = new DistilBertModel(config);
    this.pre_classifier = new Linear(config.hiddenSize, config.hiddenSize);
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const first = takeToken(this.distilbert.forward(inputs, options), 0); // [B, h]
      return this.classifier.forward(relu(this.pre_classifier.forward(first)), options.random);
    });
  }
}

/** A linear classifier on each token (DistilBertForTokenClassification). */
export class DistilBertForTokenClassification extends tokenClassifier('distilbert', (config: BertConfig) => new DistilBertModel(config), 'classifier', ({ hiddenDropout }) => hiddenDropout) {}

/** The masked language model (DistilBertForMaskedLM). */
export class DistilBertForMaskedLM extends Module implements TransformerModel {
  readonly distilbert: DistilBertModel;
  readonly vocab_transform: Linear;
  readonly vocab_layer_norm: LayerNorm;
  readonly vocab_projector: Linear;
  readonly #activation: Activation;

  constructor(config: BertConfig) {
    super();
    this.distilbert = new DistilBertModel(config);
    this.vocab_transform = new Linear(config.hiddenSize, config.hiddenSize);
    this.vocab_layer_norm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.vocab_projector = vocabularyHead(this.distilbert.embeddings.word_embeddings, config.tiedWords, true);
    this.#activation = config.activation;
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const transformed = this.#activation(this.vocab_transform.forward(this.distilbert.forward(inputs, options))); // [B, T, h]
      return this.vocab_projector.forward(this.vocab_layer_norm.forward(transformed));
    });
  }
}
