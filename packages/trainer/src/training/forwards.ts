import type { TransformerModel } from '@unmask/models';
import { Random, type RandomState } from '@unmask/tensor-core';
import type { TextBatch } from '../encoding/text-batches.js';
import type { Forward } from '../forms/form.js';

/** Runs a model that is being trained. */
export class Forwards {
  readonly #model: TransformerModel;
  readonly #dropout: Random | undefined;

  /** @param dropout where dropout comes from, if there is any */
  constructor(model: TransformerModel, dropout: Random | undefined) {
    this.#model = model;
    this.#dropout = dropout;
  }

  readonly once: Forward = (batch) => this.#model.forward(batch, { random: this.#dropout });

  /** Runs that leave out the same of a batch each time. */
  again(): Forward {
    const states = new Map<TextBatch, RandomState>();
    return (batch) => {
      const earlier = states.get(batch);
      if (!this.#dropout || earlier) return this.#model.forward(batch, { random: earlier && Random.at(earlier) });
      states.set(batch, this.#dropout.state);
      return this.once(batch);
    };
  }
}
