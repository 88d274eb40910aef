import type { Module, Random, tf } from '@unmask/tensor-core';

/** A padded batch of B token sequences, the longest of T tokens; all int32. */
export interface TokenInputs {
  /** [B, T] */
  readonly inputIds: tf.Tensor;
  /**
   * [B, T]; 1 for tokens, 0 for padding, at either end. With a cache [B, S + T]: the S earlier places come first. Of a decoder a
   * row may hold several texts one after another, numbered 1, 2, … here: tokens see those of their own text alone, and its
   * positions begin anew.
   */
  readonly attentionMask: tf.Tensor;
  /** [B, T]; 0 for the first text, 1 for the second. Families without segments pass over it. */
  readonly tokenTypeIds: tf.Tensor;
}

/** Keys and values that attention sees before those of the tokens, by layer: of earlier tokens, or of none, such as a trained prefix. */
export interface KeyValues {
  /** How many there are in each layer, S. */
  readonly length: number;
  /**
   * Takes the keys and values of new tokens.
   * @param keys [B, T, size]
   * @param values [B, T, size]
   * @returns all keys and values, [B, S + T, size] each, borrowed
   */
  append(layer: number, keys: tf.Tensor, values: tf.Tensor): { readonly keys: tf.Tensor; readonly values: tf.Tensor };
}

/** How a model runs. */
export interface ForwardOptions {
  /** Where dropout comes from; left out, the model is evaluated without dropout. */
  readonly random?: Random | undefined;
  /**
   * Keep no activations within a layer but compute them again in the backward pass (gradient checkpointing): about a third
   * more time for a fraction of the memory, and the same bits.
   */
  readonly checkpointing?: boolean | undefined;
  /** Keys and values of earlier tokens, which attention sees before those of `inputIds`. Families whose layout has no keys pass over it. */
  readonly cache?: KeyValues | undefined;
  /** Decoders with a language-model head: give the logits of the last position alone, [B, 1, V]. */
  readonly lastOnly?: boolean | undefined;
}

/** A transformer with a head on top. */
export interface TransformerModel extends Module {
  /**
   * @returns logits, owned by the caller: [B, C] of a sequence head (C = 1 for a score), [B, T, C] of a token head,
   *   [B, T, V] of a language-model head; the last hidden states [B, T, h] of a model without head
   */
  forward(inputs: TokenInputs, options?: ForwardOptions): tf.Tensor;
}

/** What a model's tables have rows for; Infinity for what it does not look up. */
export interface TokenLimits {
  /** Token ids, from 0 up. */
  readonly words: number;
  /** Kinds of segments. */
  readonly segments: number;
  /** Tokens of a sequence. */
  readonly positions: number;
}

/** What a task puts on top of a model. */
export type Head =
  /** A class for each sequence, of `labels`. */
  | { readonly kind: 'classification'; readonly labels: number }
  /** A score for each sequence. */
  | { readonly kind: 'regression' }
  /** A class for each token, of `labels`. */
  | { readonly kind: 'token-classification'; readonly labels: number }
  /** The next token, at each position. */
  | { readonly kind: 'causal-lm' }
  /** The token behind a mask, at each position. */
  | { readonly kind: 'masked-lm' }
  /** None: the last hidden state of each token, as vectors of texts are made of. */
  | { readonly kind: 'hidden-states' };

export type HeadKind = Head['kind'];

/** Outputs of a head whose size the task decides. */
export const outputsOf = (head: Head): number => ('labels' in head ? head.labels : 1);
