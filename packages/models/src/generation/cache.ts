import { filledTensor, hostMemory, isRecording, tf, UnmaskError } from '@unmask/tensor-core';
import type { KeyValues } from '../model.js';

/** Keys and values of the tokens that a decoder has seen, by layer. For evaluation. Dispose of it. */
export class KeyValueCache implements KeyValues {
  readonly #layers: { keys: tf.Tensor; values: tf.Tensor }[] = [];

  /** Tokens that it holds of each sequence, S. */
  get length(): number {
    return this.#layers[0]?.keys.shape[1] ?? 0;
  }

  /**
   * Adds the keys and values of new tokens to a layer's.
   * @param keys [B, T, size]
   * @param values [B, T, size]
   * @returns those of all tokens, [B, S + T, size] each; they belong to the cache
   * @throws UnmaskError in training
   */
  append(layer: number, keys: tf.Tensor, values: tf.Tensor): { keys: tf.Tensor; values: tf.Tensor } {
    if (isRecording()) throw new UnmaskError('a cache holds no gradients: train without one');
    const earlier = this.#layers.at(layer);
    const joined = earlier
      ? { keys: join(earlier.keys, keys), values: join(earlier.values, values) }
      : { keys: tf.clone(keys), values: tf.clone(values) };
    return this.#replace(layer, joined);
  }

  /** Puts row `rows[i]` in the place of row i, as beams that live on demand it. */
  reorder(rows: Int32Array): void {
    tf.tidy(() => {
      const indices = tf.tensor1d(rows, 'int32');
      this.#layers.forEach(({ keys, values }, layer) => this.#replace(layer, { keys: tf.gather(keys, indices), values: tf.gather(values, indices) }));
    });
  }

  /** Frees what it holds. */
  dispose(): void {
    for (const { keys, values } of this.#layers) tf.dispose([keys, values]);
    this.#layers.length = 0;
  }

  #replace(layer: number, next: { keys: tf.Tensor; values: tf.Tensor }): { keys: tf.Tensor; values: tf.Tensor } {
    const earlier = this.#layers.at(layer);
    tf.keep(next.keys);
    tf.keep(next.values);
    this.#layers[layer] = next;
    if (earlier) tf.dispose([earlier.keys, earlier.values]);
    return next;
  }
}

/**
 * [B, S, size] and [B, T, size] → [B, S + T, size]. Where the engine computes in host memory it is copied here, into memory
 * that is used again: with some hundred tokens a concatenation in fresh memory took as long as the matrix products.
 */
function join(earlier: tf.Tensor, next: tf.Tensor): tf.Tensor {
  const parts = [earlier, next].map((tensor) => hostMemory(tensor));
  if (!parts.every((part) => part !== undefined)) return tf.concat([earlier, next], 1);
  const [batch, length, size] = earlier.shape as [number, number, number];
  const columns = length + next.shape[1]!;
  return filledTensor([batch, columns, size], (all) => {
    parts.forEach((values, index) => {
      const row = values.length / batch;
      const start = index * length * size;
      for (let sequence = 0; sequence < batch; sequence++) all.set(values.subarray(sequence * row, (sequence + 1) * row), sequence * columns * size + start);
    });
  });
}
