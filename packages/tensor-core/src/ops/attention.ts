import { fused } from '../fused.js';
import type { Random } from '../random.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';
import { dropoutMask } from './dropout.js';

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Number of heads H; it divides the hidden size. */
  readonly heads: number;
  /** Added to the scores before the softmax; rank 4, broadcastable to [B, H, T, S]: 0 to attend, a large negative number not to. */
  readonly mask?: tf.Tensor | undefined;
  /** Dropout of the probabilities, during training. */
  readonly dropout?: { readonly rate: number; readonly random: Random } | undefined;
}

/**
 * Multi-head scaled dot-product attention, softmax(q·kᵀ/√d + mask)·v per head (Vaswani et al. 2017, eq. 1).
 * With P the probabilities and D the dropout mask: dv = (P·D)ᵀ·dc, dP = (dc·vᵀ)·D, dS = P·(dP − Σ dP·P), dq = dS·k/√d, dk = dSᵀ·q/√d.
 * @param query [B, T, H·d]
 * @param key [B, S, H·d]
 * @param value [B, S, H·d]
 * @returns the context [B, T, H·d]
 */
export function attention(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, options: AttentionOptions): tf.Tensor {
  const { heads, mask, dropout } = options;
  const [batch, length, size] = query.shape as [number, number, number];
  const scale = 1 / Math.sqrt(size / heads);
  return tf.tidy(() => {
    const drop = dropout && dropout.rate > 0 ? dropoutMask([batch, heads, length, key.shape[1]!], dropout.rate, dropout.random) : undefined;
    const split = (x: tf.Tensor) => splitHeads(x, heads);

    const [context, probabilities] = fused<[tf.Tensor, tf.Tensor]>('UnmaskAttention', { query, key, value, mask, dropoutMask: drop }, { heads }, () => {
      const scores = tf.mul(tf.matMul(split(query), split(key), false, true), scale); // [B, H, T, S]
      const p = tf.softmax(mask ? tf.add(scores, mask) : scores);
      return [joinHeads(tf.matMul(drop ? tf.mul(p, drop) : p, split(value))), p];
    });
    const saved = [query, key, value, probabilities, ...(drop ? [drop] : [])];
    return record(context, [query, key, value], saved, (dContext, [q, k, v, p, d]) =>
      fused(
        'UnmaskAttentionGradient',
        { dContext, query: q, key: k, value: v, probabilities: p, dropoutMask: d },
        { heads },
        () => {
          const dc = split(dContext); // [B, H, T, d]
          const dropped = (x: tf.Tensor) => (d ? tf.mul(x, d) : x);
          const dProbabilities = dropped(tf.matMul(dc, split(v), false, true)); // [B, H, T, S]
          const dot = tf.sum(tf.mul(dProbabilities, p), 3, true); // [B, H, T, 1]
          const dScores = tf.mul<tf.Tensor4D>(tf.mul(p, tf.sub(dProbabilities, dot)), scale);
          return [
            joinHeads(tf.matMul(dScores, split(k))),
            joinHeads(tf.matMul(dScores, split(q), true, false)),
            joinHeads(tf.matMul(dropped(p), dc, true, false)),
          ];
        },
      ),
    );
  });
}

/** [B, T, H·d] → [B, H, T, d] */
function splitHeads(x: tf.Tensor, heads: number): tf.Tensor4D {
  const [batch, length, size] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, size / heads]), [0, 2, 1, 3]);
}

/** [B, H, T, d] → [B, T, H·d] */
function joinHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, length, size] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * size]);
}
