import { tf } from '../tf.js';

/**
 * Moves between the layouts of attention with H query heads and G key and value heads. The H/G neighbouring query heads that
 * share a key head become rows below each other, so that one product of matrices serves them all.
 */
export class HeadLayout {
  readonly #heads: number;
  readonly #groups: number;

  /** @param heads H @param groups G, a divisor of H */
  constructor(heads: number, groups: number) {
    this.#heads = heads;
    this.#groups = groups;
  }

  /** [B, T, H·d] → [B, G, H/G·T, d] */
  splitQuery(x: tf.Tensor): tf.Tensor {
    return this.byGroup(split(x, this.#heads));
  }

  /** [B, G, H/G·T, d] → [B, T, H·d] */
  joinQuery(x: tf.Tensor): tf.Tensor {
    return this.join(this.byHead(x));
  }

  /** [B, S, G·d] → [B, G, S, d] */
  split(x: tf.Tensor): tf.Tensor {
    return split(x, this.#groups);
  }

  /** [B, heads, T, d] → [B, T, heads·d], for any number of heads */
  join(x: tf.Tensor): tf.Tensor {
    const [batch, heads, length, size] = x.shape as [number, number, number, number];
    return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * size]);
  }

  /** [B, G, H/G·T, …] → [B, H, T, …] */
  byHead(x: tf.Tensor): tf.Tensor {
    return tf.reshape(x, [x.shape[0], this.#heads, -1, x.shape[3]!]);
  }

  /** [B, H, T, …] → [B, G, H/G·T, …] */
  byGroup(x: tf.Tensor): tf.Tensor {
    return tf.reshape(x, [x.shape[0], this.#groups, -1, x.shape[3]!]);
  }
}

/** [B, T, heads·d] → [B, heads, T, d] */
function split(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, size] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, size / heads]), [0, 2, 1, 3]);
}
