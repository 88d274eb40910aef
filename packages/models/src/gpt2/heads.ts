import { Linear, Module, tf } from '@unmask/tensor-core';
import { DropoutLinear } from '../layers/heads.js';
import { takeLastToken } from '../layers/token-mask.js';
import { nextTokenLogits, vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { Gpt2Config } from './config.js';
import { GPT2Model } from './model.js';

/** The language model (GPT2LMHeadModel), its words tied to its inputs or not. */
export class GPT2LMHeadModel extends Module implements TransformerModel {
  readonly transformer: GPT2Model;
  readonly lm_head: Linear;

  constructor(config: Gpt2Config) {
    super();
    this.transformer = new GPT2Model(config);
    this.lm_head = vocabularyHead(this.transformer.wte, config.tiedWords, false);
  }

  /** @returns logits [B, T, V], or [B, 1, V] under `lastOnly` */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => nextTokenLogits(this.transformer.forward(inputs, options), this.lm_head, options));
  }
}

/** A linear classifier (or score) on the last token (GPT2ForSequenceClassification). */
export class GPT2ForSequenceClassification extends Module implements TransformerModel {
  readonly transformer: GPT2Model;
  readonly score: Linear;

  constructor(config: Gpt2Config, outputs: number) {
    super();
    this.transformer = new GPT2Model(config);
    this.score = new Linear(config.hiddenSize, outputs, { bias: false });
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.score.forward(takeLastToken(this.transformer.forward(inputs, options), inputs.attentionMask)));
  }
}

/** A linear classifier on each token (GPT2ForTokenClassification). */
export class GPT2ForTokenClassification extends Module implements TransformerModel {
  readonly transformer: GPT2Model;
  readonly classifier: DropoutLinear;

  constructor(config: Gpt2Config, outputs: number) {
    super();
    this.transformer = new GPT2Model(config);
    this.classifier = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, T, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.classifier.forward(this.transformer.forward(inputs, options), options.random));
  }
}
