import type { Module, Random, tf } from '@unmask/tensor-core';

/** A padded batch of B token sequences, the longest of T tokens; all int32. */
export interface TokenInputs {
  /** [B, T] */
  readonly inputIds: tf.Tensor;
  /** [B, T]; 1 for tokens, 0 for padding. */
  readonly attentionMask: tf.Tensor;
  /** [B, T]; 0 for the first text, 1 for the second. */
  readonly tokenTypeIds: tf.Tensor;
}

/** A model that gives each sequence of a batch a vector of logits (or one score). */
export interface SequenceClassifier extends Module {
  /** @param random where dropout comes from; left out, the model is evaluated without dropout. @returns logits [B, C] */
  forward(inputs: TokenInputs, random?: Random): tf.Tensor;
}

/** What a task puts on top of a model. */
export type Head = { readonly kind: 'classification'; /** Number of classes. */ readonly labels: number } | { readonly kind: 'regression' };

/** Outputs of a head. */
export function headSize(head: Head): number {
  return head.kind === 'regression' ? 1 : head.labels;
}
