import { attention, dropout, embedding, Linear, Module, relativeBias, type Random, type RelativeTerm, type tf } from '@unmask/tensor-core';
import type { DebertaV2Config } from './config.js';

/** What every layer is given beside the hidden states. */
export interface LayerContext {
  /** [B, 1, 1, T] */
  readonly mask: tf.Tensor;
  /** The relative embeddings, present with relative attention. */
  readonly positions?: {
    /** [R, h], the rows that sequences of T tokens need */
    readonly rows: tf.Tensor;
    /** [2T], which of them stands for which offset from a query */
    readonly fromQueries: tf.Tensor;
    /** [2T], which of them stands for which offset from a key */
    readonly fromKeys: tf.Tensor;
  };
}

/**
 * Attention whose scores add up what the contents of two tokens say to each other, what the query's content says to the
 * key's position, and what the key's content says to the query's position (HF modeling_deberta_v2.py,
 * DisentangledSelfAttention; He et al. 2021, eq. 4). Positions are relative.
 */
export class DisentangledSelfAttention extends Module {
  readonly query_proj: Linear;
  readonly key_proj: Linear;
  readonly value_proj: Linear;
  readonly pos_key_proj: Linear | undefined;
  readonly pos_query_proj: Linear | undefined;
  readonly #config: DebertaV2Config;

  constructor(config: DebertaV2Config) {
    super();
    const { hiddenSize, relativeAttention } = config;
    const projection = () => new Linear(hiddenSize, hiddenSize);
    const own = (term: 'c2p' | 'p2c') => (relativeAttention && !relativeAttention.shareProjections && relativeAttention.terms.includes(term) ? projection() : undefined);
    this.query_proj = projection();
    this.key_proj = projection();
    this.value_proj = projection();
    this.pos_key_proj = own('c2p');
    this.pos_query_proj = own('p2c');
    this.#config = config;
  }

  /** x [B, T, h] → [B, T, h] */
  forward(x: tf.Tensor, { mask, positions }: LayerContext, random?: Random): tf.Tensor {
    const { heads, scale, attentionDropout: rate } = this.#config;
    const [query, key] = [this.query_proj.forward(x), this.key_proj.forward(x)];
    return attention(query, key, this.value_proj.forward(x), {
      heads,
      scale,
      mask,
      bias: positions && this.#bias(query, key, positions, random),
      dropout: random && { rate, random },
    });
  }

  /** query and key [B, T, h] → [B, H, T, T] */
  #bias(query: tf.Tensor, key: tf.Tensor, positions: NonNullable<LayerContext['positions']>, random?: Random): tf.Tensor {
    const { heads, scale, hiddenDropout, relativeAttention } = this.#config;
    const rows = dropout(positions.rows, hiddenDropout, random); // [R, h]
    const terms = relativeAttention!.terms.map((term): RelativeTerm =>
      term === 'c2p'
        ? { of: 'queries', x: query, offsets: embedding(positions.fromQueries, (this.pos_key_proj ?? this.key_proj).forward(rows)) } // [2T, h]
        : { of: 'keys', x: key, offsets: embedding(positions.fromKeys, (this.pos_query_proj ?? this.query_proj).forward(rows)) }, // [2T, h]
    );
    return relativeBias(terms, { heads, scale });
  }
}
