import { gelu, type Linear, Module, tf } from '@unmask/tensor-core';
import { BertPredictionHeadTransform } from '../bert/index.js';
import { DropoutLinear, FirstTokenClassifier } from '../layers/heads.js';
import { vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { ElectraConfig } from './config.js';
import { ElectraModel } from './model.js';

/** Two layers on the first token (ElectraForSequenceClassification). */
export class ElectraForSequenceClassification extends Module implements TransformerModel {
  readonly electra: ElectraModel;
  readonly classifier: FirstTokenClassifier;

  constructor(config: ElectraConfig, outputs: number) {
    super();
    this.electra = new ElectraModel(config);
    this.classifier = new FirstTokenClassifier(config.hiddenSize, outputs, config.classifierDropout, gelu);
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(this.electra.forward(inputs, options), options.random));
  }
}

/** A linear classifier on each token (ElectraForTokenClassification). */
export class ElectraForTokenClassification extends Module implements TransformerModel {
  readonly electra: ElectraModel;
  readonly classifier: DropoutLinear;

  constructor(config: ElectraConfig, outputs: number) {
    super();
    this.electra = new ElectraModel(config);
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, T, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(this.electra.forward(inputs, options), options.random));
  }
}

/** The masked language model that ELECTRA's generator is (ElectraForMaskedLM). */
export class ElectraForMaskedLM extends Module implements TransformerModel {
  readonly electra: ElectraModel;
  readonly generator_predictions: BertPredictionHeadTransform;
  readonly generator_lm_head: Linear;

  constructor(config: ElectraConfig) {
    super();
    this.electra = new ElectraModel(config);
    this.generator_predictions = new BertPredictionHeadTransform(config.hiddenSize, config.embeddingSize, config.layerNormEpsilon, gelu);
    this.generator_lm_head = vocabularyHead(this.electra.embeddings.word_embeddings, config.tiedWords, true);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.generator_lm_head.forward(this.generator_predictions.forward(this.electra.forward(inputs, options)))); // by way of [B, T, e]
  }
}
