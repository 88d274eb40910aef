import { gelu, LayerNorm, Linear, linear, Module, Parameter, tanh, tf } from '@unmask/tensor-core';
import { DropoutLinear, FirstTokenClassifier } from '../layers/heads.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { RobertaConfig } from './config.js';
import { RobertaModel } from './model.js';

/** Two layers on the first token (RobertaForSequenceClassification). */
export class RobertaForSequenceClassification extends Module implements TransformerModel {
  readonly roberta: RobertaModel;
  readonly classifier: FirstTokenClassifier;

  constructor(config: RobertaConfig, outputs: number) {
    super();
    this.roberta = new RobertaModel(config);
    this.classifier = new FirstTokenClassifier(config.hiddenSize, outputs, config.classifierDropout, tanh);
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(this.roberta.forward(inputs, options), options.random));
  }
}

/** A linear classifier on each token (RobertaForTokenClassification). */
export class RobertaForTokenClassification extends Module implements TransformerModel {
  readonly roberta: RobertaModel;
  readonly classifier: DropoutLinear;

  constructor(config: RobertaConfig, outputs: number) {
    super();
    this.roberta = new RobertaModel(config);
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, T, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(this.roberta.forward(inputs, options), options.random));
  }
}

/** Scores of the vocabulary: the word vectors serve as weights (RobertaLMHead with its tied decoder). */
class RobertaLMHead extends Module {
  readonly dense: Linear;
  readonly layer_norm: LayerNorm;
  /** [V] */
  readonly bias: Parameter;

  constructor(config: RobertaConfig) {
    super();
    this.dense = new Linear(config.hiddenSize, config.hiddenSize);
    this.layer_norm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.bias = new Parameter([config.vocabSize]);
  }

  /** x [B, T, h], words [V, h] → [B, T, V] */
  forward(x: tf.Tensor, words: Parameter): tf.Tensor {
    return linear(this.layer_norm.forward(gelu(this.dense.forward(x))), words, this.bias);
  }
}

/** The masked language model (RobertaForMaskedLM). */
export class RobertaForMaskedLM extends Module implements TransformerModel {
  readonly roberta: RobertaModel;
  readonly lm_head: RobertaLMHead;

  constructor(config: RobertaConfig) {
    super();
    this.roberta = new RobertaModel(config);
    this.lm_head = new RobertaLMHead(config);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.lm_head.forward(this.roberta.forward(inputs, options), this.roberta.embeddings.word_embeddings.weight));
  }
}
