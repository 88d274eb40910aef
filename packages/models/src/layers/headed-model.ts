import { type Embedding, Linear, Module, tf } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs, TransformerModel } from '../model.js';
import type { Activation } from './activations.js';
import { DropoutLinear, FirstTokenClassifier } from './heads.js';
import { takeLastToken } from './token-mask.js';
import { nextTokenLogits, vocabularyHead } from './vocabulary.js';

/** What heads need to know of a configuration. */
interface HeadConfig {
  readonly hiddenSize: number;
  readonly classifierDropout: number;
  readonly tiedWords: boolean;
}

/** A base model with a head, each under its name in checkpoints. */
type Headed<BaseName extends string, Base, HeadName extends string, Head> = Module & TransformerModel & { readonly [Name in BaseName]: Base } & { readonly [Name in HeadName]: Head };
type HeadedClass<C, BaseName extends string, Base, HeadName extends string, Head> = new (config: C, outputs: number) => Headed<BaseName, Base, HeadName, Head>;

/**
 * The class of a base model with a head.
 * @param baseName what the base is called in checkpoints @param headName what the head is called there
 * @param read the head's answer to the base's hidden states
 */
function headed<C, BaseName extends string, Base extends TransformerModel, HeadName extends string, Head extends Module>(
  baseName: BaseName,
  buildBase: (config: C) => Base,
  headName: HeadName,
  buildHead: (config: C, outputs: number, base: Base) => Head,
  read: (head: Head, hidden: tf.Tensor, inputs: TokenInputs, options: ForwardOptions) => tf.Tensor,
): HeadedClass<C, BaseName, Base, HeadName, Head> {
  class HeadedModel extends Module implements TransformerModel {
    constructor(config: C, outputs: number) {
      super();
      const base = buildBase(config);
      Object.assign(this, { [baseName]: base, [headName]: buildHead(config, outputs, base) });
    }

    forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
      const { [baseName]: base, [headName]: head } = this as unknown as Headed<BaseName, Base, HeadName, Head>; // as they are now: adapters put others in their places
      return tf.tidy(() => read(head, base.forward(inputs, options), inputs, options));
    }
  }
  return HeadedModel as unknown as HeadedClass<C, BaseName, Base, HeadName, Head>;
}

/**
 * A linear classifier on each token: logits [B, T, outputs].
 * @param rate of the dropout before it; that of classifiers by default
 */
export const tokenClassifier = <C extends HeadConfig, BaseName extends string, Base extends TransformerModel, HeadName extends string>(
  baseName: BaseName,
  buildBase: (config: C) => Base,
  headName: HeadName,
  rate: (config: C) => number = ({ classifierDropout }) => classifierDropout,
) => headed(baseName, buildBase, headName, (config: C, outputs) => new DropoutLinear(config.hiddenSize, outputs, rate(config)), (head, hidden, _, { random }) => head.forward(hidden, random));

/** Two layers on the first token, the `classifier`: logits [B, outputs]. */
export const firstTokenClassifier = <C extends HeadConfig, BaseName extends string, Base extends TransformerModel>(baseName: BaseName, buildBase: (config: C) => Base, activation: Activation) =>
  headed(baseName, buildBase, 'classifier', (config: C, outputs) => new FirstTokenClassifier(config.hiddenSize, outputs, config.classifierDropout, activation), (head, hidden, _, { random }) => head.forward(hidden, random));

/** A linear classifier on the last token, the `score`: logits [B, outputs]. */
export const lastTokenClassifier = <C extends HeadConfig, BaseName extends string, Base extends TransformerModel>(baseName: BaseName, buildBase: (config: C) => Base) =>
  headed(baseName, buildBase, 'score', (config: C, outputs) => new Linear(config.hiddenSize, outputs, { bias: false }), (head, hidden, { attentionMask }) => head.forward(takeLastToken(hidden, attentionMask)));

/** Scores of the next token, the `lm_head`, whose weights are those of the words or not: logits [B, T, V], or [B, 1, V] under `lastOnly`. */
export const languageModel = <C extends HeadConfig, BaseName extends string, Base extends TransformerModel>(baseName: BaseName, buildBase: (config: C) => Base, words: (base: Base) => Embedding) =>
  headed(baseName, buildBase, 'lm_head', ({ tiedWords }: C, _, base) => vocabularyHead(words(base), tiedWords, false), (head, hidden, _, options) => nextTokenLogits(hidden, head, options)) as new (config: C) => Headed<BaseName, Base, 'lm_head', Linear>;
