import { hostValues, tf, UnmaskError } from '@unmask/tensor-core';
import type { TransformerModel } from '../model.js';
import { KeyValueCache } from './cache.js';

/** Fills prompts that are shorter than the longest; any id does, since the mask hides it. */
const FILLER = 0;

/**
 * A batch of sequences that a decoder goes on with, each from its own prompt. What it has seen is cached, so a step costs one
 * token a sequence. Dispose of it.
 */
export class Decoding {
  readonly #model: TransformerModel;
  readonly #cache = new KeyValueCache();
  /** Columns that the model has seen. The cache may hold more, where a model puts some of its own before them. */
  #columns = 0;
  /** Columns of padding in front of each sequence, so that all end together. */
  #padding: readonly number[];

  private constructor(model: TransformerModel, padding: readonly number[]) {
    this.#model = model;
    this.#padding = padding;
  }

  /**
   * Reads the prompts.
   * @param prompts token ids, special ones included
   * @returns the batch, and each sequence's logits of the next token, V of them
   * @throws UnmaskError when a prompt is empty, or the logits are NaN
   */
  static start(model: TransformerModel, prompts: readonly (readonly number[])[]): { decoding: Decoding; logits: Float32Array[] } {
    const columns = Math.max(...prompts.map(({ length }) => length));
    if (!prompts.every(({ length }) => length > 0)) throw new UnmaskError('a prompt has no tokens: write at least one word, or begin with the bos token');
    const decoding = new Decoding(model, prompts.map(({ length }) => columns - length));
    const ids = new Int32Array(prompts.length * columns).fill(FILLER);
    prompts.forEach((prompt, row) => ids.set(prompt, (row + 1) * columns - prompt.length));
    try {
      return { decoding, logits: decoding.#forward(ids) };
    } catch (error) {
      decoding.dispose();
      throw error;
    }
  }

  /** Adds a token to each sequence. @returns each sequence's logits of the next one, V of them */
  next(tokens: readonly number[]): Float32Array[] {
    return this.#forward(Int32Array.from(tokens));
  }

  /** Puts sequence `rows[i]` in place i; there may be more or fewer rows than before. */
  reorder(rows: readonly number[]): void {
    this.#cache.reorder(Int32Array.from(rows));
    this.#padding = rows.map((row) => this.#padding[row]);
  }

  /** Frees what is cached. */
  dispose(): void {
    this.#cache.dispose();
  }

  /** @param ids the new tokens, row by row */
  #forward(ids: Int32Array): Float32Array[] {
    const rows = this.#padding.length;
    const shape: [number, number] = [rows, ids.length / rows];
    const columns = this.#columns + shape[1];
    const mask = new Int32Array(rows * columns).fill(1);
    this.#padding.forEach((padding, row) => mask.fill(0, row * columns, row * columns + padding));
    const logits = tf.tidy(() => {
      const inputs = {
        inputIds: tf.tensor2d(ids, shape, 'int32'),
        attentionMask: tf.tensor2d(mask, [rows, columns], 'int32'),
        tokenTypeIds: tf.zeros(shape, 'int32'),
      };
      return this.#model.forward(inputs, { cache: this.#cache, lastOnly: true }); // [B, 1, V]
    });
    this.#columns = columns;
    const values = hostValues(logits).slice();
    logits.dispose();
    if (hasNaN(values)) throw new UnmaskError('the model gives logits that are no numbers: check its weights, or train with a smaller learning rate', { code: 'bad-data' });
    const vocabulary = values.length / rows;
    return Array.from({ length: rows }, (_, row) => values.subarray(row * vocabulary, (row + 1) * vocabulary));
  }
}

function hasNaN(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index++) {
    if (Number.isNaN(values[index])) return true;
  }
  return false;
}
