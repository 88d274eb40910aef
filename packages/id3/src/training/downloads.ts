import { readTogether, tf } from '@unmask/tensor-core';

/** What a step wants to know of gradients on an engine with memory of its own: noted as they come, and read by one download. */
export class Downloads {
  #waiting: { readonly tensor: tf.Tensor; readonly take: (values: Float32Array) => void }[] = [];

  /** @param compute runs in a tidy, now @param take gets the values, at {@link arrive} */
  add(compute: () => tf.Tensor, take: (values: Float32Array) => void): void {
    this.#waiting.push({ tensor: tf.keep(tf.tidy(compute)), take });
  }

  /** Reads all that was noted. */
  arrive(): void {
    const waiting = this.#waiting;
    try {
      readTogether(waiting.map(({ tensor }) => tensor)).forEach((values, index) => waiting[index].take(values));
    } finally {
      this.forget();
    }
  }

  /** Frees what was noted. */
  forget(): void {
    tf.dispose(this.#waiting.map(({ tensor }) => tensor));
    this.#waiting = [];
  }
}
