import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import { Random } from '../random.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';
import { dropoutMask } from './dropout.js';
import { HeadLayout } from './head-layout.js';

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
 * Nothing of the size T·S is kept for the backward pass, which computes P and draws D again: a fifth more products.
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
  const attributes = { heads, keyValueHeads, scale: options.scale ?? 1 / Math.sqrt(size / heads) };
  const layout = new HeadLayout(heads, keyValueHeads);
  const start = dropout?.random.state;
  const draw = (random: Random | undefined) =>
    dropout && random && dropout.rate > 0 ? dropoutMask([batch, heads, length, key.shape[1]!], dropout.rate, random) : undefined;

  const context = tf.tidy(() => {
    const drop = draw(dropout?.random);
    return fused('UnmaskAttention', { query, key, value, mask, bias, dropoutMask: drop }, attributes, () => {
      const p = probabilities(layout, query, key, attributes.scale, mask, bias);
      return layout.joinQuery(tf.matMul(layout.byGroup(drop ? tf.mul(p, drop) : p), layout.split(value)));
    });
  });
  const saved = [query, key, value, mask, bias].flatMap((tensor) => (tensor ? [tensor] : []));
  return record(context, [query, key, value, bias], saved, (dContext, [q, k, v, ...added]) => {
    const [m, b] = [mask && added[0], bias && added.at(-1)];
    const drop = draw(start && Random.at(start));
    return fused(
      'UnmaskAttentionGradient',
      { dContext, query: q, key: k, value: v, mask: m, bias: b, dropoutMask: drop },
      attributes,
      () => {
        const p = probabilities(layout, q, k, attributes.scale, m, b); // [B, H, T, S]
        const dc = layout.splitQuery(dContext); // [B, G, H/G·T, d]
        const dropped = (x: tf.Tensor) => (drop ? tf.mul(x, drop) : x);
        const dProbabilities = dropped(layout.byHead(tf.matMul(dc, layout.split(v), false, true))); // [B, H, T, S]
        const dot = tf.sum(tf.mul(dProbabilities, p), 3, true); // [B, H, T, 1]
        const dScores = tf.mul<tf.Tensor>(p, tf.sub(dProbabilities, dot)); // [B, H, T, S]
        const dProducts = layout.byGroup(tf.mul(dScores, attributes.scale)); // [B, G, H/G·T, S]
        return [
          layout.joinQuery(tf.matMul(dProducts, layout.split(k))),
          layout.join(tf.matMul(dProducts, layout.splitQuery(q), true, false)),
          layout.join(tf.matMul(layout.byGroup(dropped(p)), dc, true, false)),
          ...(b ? [dScores] : []),
        ];
      },
    );
  });
}

/** softmax(s·q·kᵀ + bias + mask), [B, H, T, S] */
function probabilities(layout: HeadLayout, query: tf.Tensor, key: tf.Tensor, scale: number, mask: tf.Tensor | undefined, bias: tf.Tensor | undefined): tf.Tensor {
  const products = layout.byHead(tf.mul(tf.matMul(layout.splitQuery(query), layout.split(key), false, true), scale));
  return tf.softmax([bias, mask].reduce<tf.Tensor>((scores, term) => (term ? tf.add(scores, term) : scores), products));
}
