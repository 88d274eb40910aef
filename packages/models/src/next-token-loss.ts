import { crossEntropy, reshape, tf } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs, TransformerModel } from './model.js';

/**
 * Mean cross entropy of every token given the tokens before it (HF loss_utils.py, ForCausalLMLoss): the logits of a position
 * answer for the token after it. The first token of a row is asked of nothing, and padding is not asked for.
 * @param model with a language-model head
 * @param inputs [B, T] each, padded at the end
 * @returns a scalar
 */
export function nextTokenLoss(model: TransformerModel, inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
  const [ids, mask] = [inputs.inputIds.dataSync<'int32'>(), inputs.attentionMask.dataSync<'int32'>()];
  const columns = inputs.inputIds.shape[1]!;
  const next = Int32Array.from(ids, (_, index) => ((index + 1) % columns !== 0 && mask[index + 1] === 1 ? ids[index + 1] : -100));
  return tf.tidy(() => {
    const logits = model.forward(inputs, options); // [B, T, V]
    return crossEntropy(reshape(logits, [-1, logits.shape[2]!]), tf.tensor1d(next, 'int32'));
  });
}
