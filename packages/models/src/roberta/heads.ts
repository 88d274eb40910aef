import { type Embedding, gelu, LayerNorm, Linear, Module, Parameter, tanh, tf } from '@unmask/tensor-core';
import { firstTokenClassifier, tokenClassifier } from '../layers/headed-model.js';
import { vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { RobertaConfig } from './config.js';
import { RobertaModel } from './model.js';

/** Two layers on the first token (RobertaForSequenceClassification). */
export class RobertaForSequenceClassification extends firstTokenClassifier('roberta', (config: RobertaConfig) => new RobertaModel(config), tanh) {}

/** A linear classifier on each token (RobertaForTokenClassification). */
export class RobertaForTokenClassification extends tokenClassifier('roberta', (config: RobertaConfig) => new RobertaModel(config), 'classifier') {}

/** Scores of the vocabulary (RobertaLMHead). */
class RobertaLMHead extends Module {
  readonly dense: Linear;
  readonly layer_norm: LayerNorm;
  /** [V], the decoder's; present where the words are tied, and the decoder's bias with them. */
  readonly bias: Parameter | undefined;
  readonly decoder: Linear;

  constructor(config: RobertaConfig, words: Embedding) {
    super();
    this.dense = new Linear(config.hiddenSize, config.hiddenSize);
    this.layer_norm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon);
    this.bias = config.tiedWords ? new Parameter([config.vocabSize]) : undefined;
    this.decoder = vocabularyHead(words, config.tiedWords, this.bias ?? true);
  }

  /** [B, T, h] → [B, T, V] */
  forward(x: tf.Tensor): tf.Tensor {
    return this.decoder.forward(this.layer_norm.forward(gelu(this.dense.forward(x))));
  }
}

/** The masked language model (RobertaForMaskedLM). */
export class RobertaForMaskedLM extends Module implements TransformerModel {
  readonly roberta: RobertaModel;
  readonly lm_head: RobertaLMHead;

  constructor(config: RobertaConfig) {
    super();
    this.roberta = new RobertaModel(config);
    this.lm_head = new RobertaLMHead(config, this.roberta.embeddings.word_embeddings);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.lm_head.forward(this.roberta.forward(inputs, options)));
  }
}
