import { gelu, type Linear, Module, tf } from '@unmask/tensor-core';
import { BertPredictionHeadTransform } from '../bert/index.js';
import { firstTokenClassifier, tokenClassifier } from '../layers/headed-model.js';
import { vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { ElectraConfig } from './config.js';
import { ElectraModel } from './model.js';

/** Two layers on the first token (ElectraForSequenceClassification). */
export class ElectraForSequenceClassification extends firstTokenClassifier('electra', (config: ElectraConfig) => new ElectraModel(config), gelu) {}

/** A linear classifier on each token (ElectraForTokenClassification). */
export class ElectraForTokenClassification extends tokenClassifier('electra', (config: ElectraConfig) => new ElectraModel(config), 'classifier') {}

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
