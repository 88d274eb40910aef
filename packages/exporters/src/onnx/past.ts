import type { Recording } from '@unmask/backend-onnxruntime';
import type { KeyValues } from '@unmask/models';
import { tf } from '@unmask/tensor-core';

/** Names of the axes as Optimum writes them. */
export const AXES = { batch: 'batch_size', past: 'past_sequence_length', length: 'sequence_length', total: 'past_sequence_length + sequence_length' } as const;

/** Keys and values that come in as `past_key_values.N.key` and go out, with those of the new tokens, as `present.N.key`, [B, G, S, d]. */
export class RecordedKeyValues implements KeyValues {
  readonly length: number;
  readonly #recording: Recording;
  readonly #heads: number;

  /** @param length S of this recording @param heads G */
  constructor(recording: Recording, length: number, heads: number) {
    this.#recording = recording;
    this.length = length;
    this.#heads = heads;
  }

  append(layer: number, keys: tf.Tensor, values: tf.Tensor): { keys: tf.Tensor; values: tf.Tensor } {
    return { keys: this.#extend(`${layer}.key`, keys), values: this.#extend(`${layer}.value`, values) };
  }

  /** [B, T, G·d] → [B, S + T, G·d] */
  #extend(name: string, next: tf.Tensor): tf.Tensor {
    const [batch, length, size] = next.shape as [number, number, number];
    const width = size / this.#heads;
    const past = this.#recording.input(`past_key_values.${name}`, 'float32', [AXES.batch, this.#heads, AXES.past, width]);
    const heads = tf.transpose(tf.reshape(next, [batch, length, this.#heads, width]), [0, 2, 1, 3]);
    const all = tf.concat([past, heads], 2);
    this.#recording.output(`present.${name}`, all, [AXES.batch, this.#heads, AXES.total, width]);
    return tf.reshape(tf.transpose(all, [0, 2, 1, 3]), [batch, this.length + length, size]);
  }
}
