import { recompute, tf } from '@unmask/tensor-core';
import type { ForwardOptions } from '../model.js';

/**
 * Runs a stack of layers, each in a scope of its own: what its backward pass does not need is freed, or under
 * `checkpointing` everything but what it was given.
 * @param x the first layer's input
 * @param side other tensors that each layer needs, such as a mask
 * @param run one layer's output
 */
export function runStack<L>(
  layers: readonly L[],
  x: tf.Tensor,
  side: readonly tf.Tensor[],
  { checkpointing, random }: ForwardOptions,
  run: (layer: L, x: tf.Tensor, side: readonly tf.Tensor[], index: number) => tf.Tensor,
): tf.Tensor {
  return layers.reduce((hidden, layer, index) => {
    if (!checkpointing) return tf.tidy(() => run(layer, hidden, side, index));
    return recompute([hidden, ...side], ([input, ...others]) => run(layer, input, others, index), random);
  }, x);
}
