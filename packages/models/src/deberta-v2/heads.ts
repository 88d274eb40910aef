import { type Embedding, type Linear, Module, Parameter, type Random, takeToken, tf } from '@unmask/tensor-core';
import { BertOnlyMLMHead, BertPredictionHeadTransform } from '../bert/index.js';
import type { Activation } from '../layers/activations.js';
import { tokenClassifier } from '../layers/headed-model.js';
import { DropoutLinear } from '../layers/heads.js';
import { vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { DebertaV2Config } from './config.js';
import { DebertaV2Model } from './model.js';

/** activation(dense(first token)) (HF modeling_deberta_v2.py, ContextPooler). */
class ContextPooler extends Module {
  readonly dense: DropoutLinear;
  readonly #activation: Activation;

  constructor({ hiddenSize, poolerDropout, poolerActivation }: DebertaV2Config) {
    super();
    this.dense = new DropoutLinear(hiddenSize, hiddenSize, poolerDropout);
    this.#activation = poolerActivation;
  }

  /** [B, T, h] → [B, h] */
  forward(hidden: tf.Tensor, random?: Random): tf.Tensor {
    return this.#activation(this.dense.forward(takeToken(hidden, 0), random));
  }
}

/** A linear classifier (or score) on the pooled first token (DebertaV2ForSequenceClassification). */
export class DebertaV2ForSequenceClassification extends Module implements TransformerModel {
  readonly deberta: DebertaV2Model;
  readonly pooler: ContextPooler;
  readonly classifier: DropoutLinear;

  constructor(config: DebertaV2Config, outputs: number) {
    super();
    this.deberta = new DebertaV2Model(config);
    this.pooler = new ContextPooler(config);
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const pooled = this.pooler.forward(this.deberta.forward(inputs, options), options.random); // [B, h]
      return this.classifier.forward(pooled, options.random);
    });
  }
}

/** A linear classifier on each token (DebertaV2ForTokenClassification). */
export class DebertaV2ForTokenClassification extends tokenClassifier('deberta', (config: DebertaV2Config) => new DebertaV2Model(config), 'classifier', ({ hiddenDropout }) => hiddenDropout) {}

/** Scores of the vocabulary as in pre-training: the word vectors serve as weights (DebertaV2LMPredictionHead). */
class DebertaV2LMPredictionHead extends BertPredictionHeadTransform {
  /** [V] */
  readonly bias: Parameter;
  /** No layer in HF transformers, which multiplies by the word vectors in any case. */
  readonly decoder: Linear;

  constructor(config: DebertaV2Config, words: Embedding) {
    super(config.hiddenSize, config.hiddenSize, config.layerNormEpsilon, config.activation);
    this.bias = new Parameter([config.vocabSize]);
    this.decoder = vocabularyHead(words, true, this.bias);
  }

  /** [B, T, h] → [B, T, V] */
  scores(x: tf.Tensor): tf.Tensor {
    return this.decoder.forward(this.forward(x));
  }
}

/** Under the name that pre-training gave it (DebertaV2OnlyMLMHead). */
class DebertaV2OnlyMLMHead extends Module {
  readonly lm_head: DebertaV2LMPredictionHead;

  constructor(config: DebertaV2Config, words: Embedding) {
    super();
    this.lm_head = new DebertaV2LMPredictionHead(config, words);
  }
}

/** The masked language model (DebertaV2ForMaskedLM), with the head that the configuration names. */
export class DebertaV2ForMaskedLM extends Module implements TransformerModel {
  readonly deberta: DebertaV2Model;
  readonly cls: BertOnlyMLMHead | undefined;
  readonly lm_predictions: DebertaV2OnlyMLMHead | undefined;

  constructor(config: DebertaV2Config) {
    super();
    this.deberta = new DebertaV2Model(config);
    const { word_embeddings: words } = this.deberta.embeddings;
    this.cls = config.legacyHead ? new BertOnlyMLMHead(config, words) : undefined;
    this.lm_predictions = config.legacyHead ? undefined : new DebertaV2OnlyMLMHead(config, words);
  }

  /** @returns logits [B, T, V] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const hidden = this.deberta.forward(inputs, options); // [B, T, h]
      return this.cls ? this.cls.predictions.forward(hidden) : this.lm_predictions!.lm_head.scores(hidden);
    });
  }
}
