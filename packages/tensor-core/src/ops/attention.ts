import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import type { Random } from '../random.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';
import { dropoutMask } from './dropout.js';

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Number of query heads H; it divides the hidden size. */
  readonly heads: number;
  /** Number of key and value heads G, each shared by H/G neighbouring query heads (Ainslie et al. 2023); H by default. */
  readonly keyValueHeads?: number;
  /** Factor of the products q·k; 1/√d by default. */
  readonly scale?: number;
  /** Added to the scores before the softmax; rank 4, broadcastable to [B, H, T, S]: 0 to attend, a large negative number not to. */
  readonly mask?: tf.Tensor | undefined;
  /** Added to the scores like the mask, but an activation that gradients flow into: [B, H, T, S]. */
  readonly bias?: tf.Tensor | undefined;
  /** Dropout of the probabilities, during training. */
  readonly dropout?: { readonly rate: number; readonly random: Random } | undefined;
}

/**
 * Multi-head scaled dot-product attention, softmax(s·q·kᵀ + bias + mask)·v per head (Vaswani et al. 2017, eq. 1).
 * With P the probabilities and D the dropout mask: dv = (P·D)ᵀ·dc, dP = (dc·vᵀ)·D, dS = P·(dP − Σ dP·P), dq = s·dS·k,
 * dk = s·dSᵀ·q, dBias = dS. Query heads that share a key head are further rows of its products, so nothing is repeated.
 * @param query [B, T, H·d]
 * @param key [B, S, G·d]
 * @param value [B, S, G·d]
 * @returns the context [B, T, H·d]
 */
export function attention(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, options: AttentionOptions): tf.Tensor {
  const { heads, keyValueHeads = heads, mask, bias, dropout } = options;
  const [batch, length, size] = query.shape as [number, number, number];
  if (heads % keyValueHeads !== 0 || key.shape[2]! * heads !== size * keyValueHeads) {
    throw new UnmaskError(`attention: ${heads} query heads of size ${size / heads} do not go with ${keyValueHeads} key heads in ${key.shape[2]} columns`);
  }
  const scale = options.scale ?? 1 / Math.sqrt(size / heads);
  const attributes = { heads, keyValueHeads, scale };
  return tf.tidy(() => {
    const drop = dropout && dropout.rate > 0 ? dropoutMask([batch, heads, length, key.shape[1]!], dropout.rate, dropout.random) : undefined;
    const byHead = (x: tf.Tensor) => tf.reshape(x, [batch, heads, length, -1]); // [B, G, H/G·T, …] → [B, H, T, …]
    const byGroup = (x: tf.Tensor) => tf.reshape(x, [batch, keyValueHeads, (heads / keyValueHeads) * length, -1]); // and back
    const splitQuery = (x: tf.Tensor) => byGroup(splitHeads(x, heads)); // [B, G, H/G·T, d]
    const split = (x: tf.Tensor) => splitHeads(x, keyValueHeads); // [B, G, S, d]

    const [context, probabilities] = fused<[tf.Tensor, tf.Tensor]>('UnmaskAttention', { query, key, value, mask, bias, dropoutMask: drop }, attributes, () => {
      const products = byHead(tf.mul(tf.matMul(splitQuery(query), split(key), false, true), scale)); // [B, H, T, S]
      const p = tf.softmax([bias, mask].reduce<tf.Tensor>((scores, term) => (term ? tf.add(scores, term) : scores), products));
      return [joinHeads(byHead(tf.matMul(byGroup(drop ? tf.mul(p, drop) : p), split(value)))), p];
    });
    const saved = [query, key, value, probabilities, ...(drop ? [drop] : [])];
    return record(context, [query, key, value, bias], saved, (dContext, [q, k, v, p, d]) =>
      fused(
        'UnmaskAttentionGradient',
        { dContext, query: q, key: k, value: v, probabilities: p, dropoutMask: d },
        { ...attributes, withBias: bias ? 1 : 0 },
        () => {
          const dc = splitQuery(dContext); // [B, G, H/G·T, d]
          const dropped = (x: tf.Tensor) => (d ? tf.mul(x, d) : x);
          const dProbabilities = dropped(byHead(tf.matMul(dc, split(v), false, true))); // [B, H, T, S]
          const dot = tf.sum(tf.mul(dProbabilities, p), 3, true); // [B, H, T, 1]
          const dScores = tf.mul<tf.Tensor>(p, tf.sub(dProbabilities, dot)); // [B, H, T, S]
          const dProducts = byGroup(tf.mul(dScores, scale)); // [B, G, H/G·T, S]
          return [
            joinHeads(byHead(tf.matMul(dProducts, split(k)))),
            joinHeads(tf.matMul(dProducts, splitQuery(q), true, false)),
            joinHeads(tf.matMul(byGroup(dropped(p)), dc, true, false)),
            ...(bias ? [dScores] : []),
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
