import { linear, reshape, takeToken, type tf, type Value } from '@unmask/tensor-core';
import type { ForwardOptions } from '../model.js';

/**
 * Scores of the vocabulary as the next token, at each position or under `lastOnly` at the last one.
 * @param hidden [B, T, h]
 * @param words [V, h]
 * @returns [B, T, V], or [B, 1, V]
 */
export function nextTokenLogits(hidden: tf.Tensor, words: Value, { lastOnly }: ForwardOptions): tf.Tensor {
  if (!lastOnly) return linear(hidden, words);
  const [batch, length, size] = hidden.shape as [number, number, number];
  return linear(reshape(takeToken(hidden, length - 1), [batch, 1, size]), words);
}
