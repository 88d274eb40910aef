import { tf } from '@unmask/tensor-core';

/** Added to the scores of what must not be attended to, as in HF transformers: its softmax weight is then exactly zero in float32. */
export const MASKED = -3.4028234663852886e38;

/** An additive mask from an attention mask [B, S] of ones and zeros: [B, 1, 1, S], the same for each query. */
export function paddingMask(attentionMask: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [batch, length] = attentionMask.shape as [number, number];
    const padding = tf.sub(1, tf.cast(attentionMask, 'float32'));
    return tf.reshape(tf.mul(padding, MASKED), [batch, 1, 1, length]);
  });
}
