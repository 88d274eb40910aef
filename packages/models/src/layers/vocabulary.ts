import { type Embedding, type Linear, linear, reshape, takeToken, type tf } from '@unmask/tensor-core';
import type { ForwardOptions } from '../model.js';

/**
 * Scores of the vocabulary as the next token, at each position or under `lastOnly` at the last one.
 * @param hidden [B, T, h]
 * @param head to V, or undefined where the word vectors serve as its weights
 * @param words [V, h]
 * @returns [B, T, V], or [B, 1, V]
 */
export function nextTokenLogits(hidden: tf.Tensor, head: Linear | undefined, words: Embedding, { lastOnly }: ForwardOptions): tf.Tensor {
  const [batch, length, size] = hidden.shape as [number, number, number];
  const states = lastOnly ? reshape(takeToken(hidden, length - 1), [batch, 1, size]) : hidden;
  return head ? head.forward(states) : linear(states, words.weight);
}
