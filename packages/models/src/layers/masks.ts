import { fused, tf } from '@unmask/tensor-core';
import type { ForwardOptions, TokenInputs } from '../model.js';
import { type TokenMask, tokenMask } from './token-mask.js';

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

/**
 * The additive mask of a decoder: each of the last T columns is a query, which sees the tokens of its text up to its own
 * position. A mask of both kinds at once, since two masked values would add up to −∞ and a row of those is NaN.
 * @param window how many tokens a query sees back, its own among them; all of them by default. Padding does not count: it may
 *   lie between a prompt of a batch's own and its texts
 * @returns [B, 1, T, S], or [1, 1, T, S] where all rows are alike
 */
export function causalMask(tokens: TokenMask, window = Infinity): tf.Tensor {
  return fused('UnmaskCausalMask', tokens.tensors, { window }, () => {
    const { rows, columns, length, marks } = tokens;
    const values = new Float32Array(rows * length * columns).fill(MASKED);
    for (let row = 0; row < rows; row++) {
      for (let query = 0; query < length; query++) {
        const own = columns - length + query;
        const start = (row * length + query) * columns;
        const text = marks[row * columns + own];
        for (let key = own, seen = 0; key >= 0 && seen < window; key--) {
          const mark = marks[row * columns + key];
          if (mark === 0 || (text !== 0 && mark !== text)) continue; // padding may see any text: nobody reads what it makes of it
          values[start + key] = 0;
          seen++;
        }
      }
    }
    return tf.tensor4d(values, [rows, 1, length, columns]);
  });
}

/** The additive mask of an encoder: padding alone is hidden, or under `is_decoder` what comes after a token as well. */
export function encoderMask(inputs: TokenInputs, options: ForwardOptions, { causal }: { readonly causal: boolean }): tf.Tensor {
  return causal ? causalMask(tokenMask(inputs, options)) : paddingMask(inputs.attentionMask);
}
