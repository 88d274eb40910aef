import { add, addAt, embedding, type Embedding, Linear, linear, type Module, multiply, Parameter, type Random, tf, UnmaskError } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import { LayerAdapter } from '../../method.js';
import type { NamedLayer } from '../../targets.js';

/** Vectors of some tokens in the place of the table's own (HF PEFT tuners/trainable_tokens/layer.py). */
export class TrainableTokens extends LayerAdapter {
  /** [tokens, size] */
  readonly trainable_tokens_delta: Parameter;
  /** Which tokens they are. */
  readonly ids: Int32Array;
  readonly #withHead: boolean;
  /** For each id of the table its place among the tokens, or their number. */
  readonly #places: Int32Array;

  /**
   * @param withHead whether {@link ScoredTokens} stand where a head reads the table
   * @param random where the vectors come from; they are those of the table without it
   * @throws UnmaskError for ids that the table does not have, or one that is there twice
   */
  constructor({ weight }: Embedding, ids: readonly number[], withHead: boolean, random: Random | undefined) {
    super();
    const [count, size] = weight.shape;
    const stray = ids.find((id, index) => !Number.isInteger(id) || id < 0 || id >= count || ids.indexOf(id) < index);
    if (stray !== undefined) throw new UnmaskError(`token_indices holds ${stray}, which is there twice or no token of ${count}`, { code: 'bad-data' });
    this.ids = Int32Array.from(ids);
    this.#withHead = withHead;
    this.#places = new Int32Array(count).fill(ids.length);
    this.ids.forEach((id, place) => (this.#places[id] = place));
    const rows = Int32Array.from({ length: ids.length * size }, (_, index) => ids[Math.floor(index / size)] * size + (index % size));
    this.trainable_tokens_delta = new Parameter([ids.length, size], () => (random ? normal(ids.length * size, random) : weight.readEntries(rows)));
  }

  override get reachesTied(): boolean {
    return this.#withHead;
  }

  override forward(ids: tf.Tensor, own: (ids: tf.Tensor) => tf.Tensor): tf.Tensor {
    const tokens = this.ids.length;
    const places = tf.gather(tf.tensor1d(this.#places, 'int32'), tf.cast(ids, 'int32'));
    const trained = tf.expandDims(tf.cast(tf.less(places, tokens), 'float32'), -1); // […, 1]
    const vectors = embedding(tf.minimum(places, tf.scalar(tokens - 1, 'int32')), this.trainable_tokens_delta);
    return add(multiply(own(ids), tf.sub(1, trained)), multiply(vectors, trained));
  }

  /** Writes the vectors into the table. */
  override mergeInto({ weight }: Embedding): void {
    const [, size] = this.trainable_tokens_delta.shape;
    const vectors = this.trainable_tokens_delta.read();
    weight.modify((values) => this.ids.forEach((id, place) => values.set(vectors.subarray(place * size, (place + 1) * size), id * size)));
  }
}

/** The same vectors in a head whose weight is the table: y = own(x) + (vectors − the table's)·x at the tokens. */
export class ScoredTokens extends LayerAdapter {
  readonly trainable_tokens_delta: Parameter;
  readonly #head: Linear;
  readonly #ids: Int32Array;

  constructor(head: Linear, { trainable_tokens_delta, ids }: TrainableTokens) {
    super();
    this.trainable_tokens_delta = trainable_tokens_delta;
    this.#head = head;
    this.#ids = ids;
  }

  override get reachesTied(): boolean {
    return true;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    const before = tf.gather(this.#head.weight.tensor, this.#ids); // [tokens, size]
    return addAt(own(x), linear(x, add(this.trainable_tokens_delta, tf.neg(before))), this.#ids);
  }

  /** Nothing: merging writes into the table, which is this weight. */
  override mergeInto(): void {}
}

/** Tokens of one table, and of the heads that share its weight. */
export interface TokensOfTable {
  readonly path: string;
  readonly tokens: TrainableTokens;
  readonly heads: readonly (readonly [path: string, tokens: ScoredTokens])[];
}

/** The same tokens of tables. @param random as of {@link TrainableTokens} */
export function trainedTokens(model: Module, tables: readonly NamedLayer<Embedding>[], ids: readonly number[], random: Random | undefined): TokensOfTable[] {
  return tables.map(([path, table]) => {
    const heads = model.namedModules().filter((entry): entry is [string, Linear] => entry[1] instanceof Linear && entry[1].weight === table.weight);
    const tokens = new TrainableTokens(table, ids, heads.length > 0, random?.fork(path));
    return { path, tokens, heads: heads.map(([other, head]) => [other, new ScoredTokens(head, tokens)]) };
  });
}
