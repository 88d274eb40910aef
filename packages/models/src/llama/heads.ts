import { Linear, Module, tf } from '@unmask/tensor-core';
import { DropoutLinear } from '../layers/heads.js';
import { takeLastToken } from '../layers/token-mask.js';
import { nextTokenLogits, vocabularyHead } from '../layers/vocabulary.js';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { LlamaConfig } from './config.js';
import { LlamaModel } from './model.js';

/** The language model (LlamaForCausalLM), its words tied to its inputs or not. */
export class LlamaForCausalLM extends Module implements TransformerModel {
  readonly model: LlamaModel;
  readonly lm_head: Linear;

  constructor(config: LlamaConfig) {
    super();
    this.model = new LlamaModel(config);
    this.lm_head = vocabularyHead(this.model.embed_tokens, config.tiedWords, false);
  }

  /** @returns logits [B, T, V], or [B, 1, V] under `lastOnly` */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => nextTokenLogits(this.model.forward(inputs, options), this.lm_head, options));
  }
}

/** A linear classifier (or score) on the last token (LlamaForSequenceClassification). */
export class LlamaForSequenceClassification extends Module implements TransformerModel {
  readonly model: LlamaModel;
  readonly score: Linear;

  constructor(config: LlamaConfig, outputs: number) {
    super();
    this.model = new LlamaModel(config);
    this.score = new Linear(config.hiddenSize, outputs, { bias: false });
  }

  /** @returns logits [B, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.score.forward(takeLastToken(this.model.forward(inputs, options), inputs.attentionMask)));
  }
}

/** A linear classifier on each token (LlamaForTokenClassification). */
export class LlamaForTokenClassification extends Module implements TransformerModel {
  readonly model: LlamaModel;
  readonly score: DropoutLinear;

  constructor(config: LlamaConfig, outputs: number) {
    super();
    this.model = new LlamaModel(config);
    this.score = new DropoutLinear(config.hiddenSize, outputs, config.classifierDropout);
  }

  /** @returns logits [B, T, outputs] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.score.forward(this.model.forward(inputs, options), options.random));
  }
}
