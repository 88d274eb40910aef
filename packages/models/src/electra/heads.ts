import { gelu, Module, tf } from '@unmask/tensor-core';
import { BertPredictionHeadTransform } from '../bert/index.js';
import { DropoutLinear, FirstTokenClassifier, TiedDecoder } from '../layers/heads.js';
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
  readonly generator_lm_head: TiedDecoder;

  constructor(config: ElectraConfig) {
    super();
    this.electra = new ElectraModel(config);
    this.generator_predictions = new BertPredictionHeadTransform(config.hiddenSize, config.embeddingSize, config.layerNormEpsilon, gelu);
    this.generator_lm_head = new TiedDecoder(config.vocabSize);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const predicted = this.generator_predictions.forward(this.electra.forward(inputs, options)); // [B, T, e]
      return this.generator_lm_head.forward(predicted, this.electra.embeddings.word_embeddings.weight);
    });
  }
}
