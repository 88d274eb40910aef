import { type Embedding, Linear, type Parameter, reshape, takeToken, type tf } from '@unmask/tensor-core';
import type { ForwardOptions } from '../model.js';

/**
 * The layer that scores the vocabulary, e → V; its weights are the word vectors where the configuration ties them.
 * @param words [V, e]
 * @param bias whether it has one, or the parameter that serves as it
 */
export function vocabularyHead({ weight }: Embedding, tied: boolean, bias: boolean | Parameter): Linear {
  const [count, size] = weight.shape;
  return new Linear(size, count, { bias, weight: tied ? weight : undefined });
}

/**
 * Scores of the vocabulary as the next token, at each position or under `lastOnly` at the last one.
 * @param hidden [B, T, h]
 * @param head h → V
 * @returns [B, T, V], or [B, 1, V]
 */
export function nextTokenLogits(hidden: tf.Tensor, head: Linear, { lastOnly }: ForwardOptions): tf.Tensor {
  const [batch, length, size] = hidden.shape as [number, number, number];
  const states = lastOnly ? reshape(takeToken(hidden, length - 1), [batch, 1, size]) : hidden;
  return head.forward(states);
}
