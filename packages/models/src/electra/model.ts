import { Linear, Module, tf } from '@unmask/tensor-core';
import { BertEmbeddings, BertEncoder } from '../bert/index.js';
import { encoderMask } from '../layers/masks.js';
import type { ForwardOptions, TokenInputs } from '../model.js';
import type { ElectraConfig } from './config.js';

/** The bare encoder, that of the discriminator and of the generator alike (HF modeling_electra.py, ElectraModel). */
export class ElectraModel extends Module {
  readonly embeddings: BertEmbeddings;
  readonly embeddings_project: Linear | undefined;
  readonly encoder: BertEncoder;
  readonly #config: ElectraConfig;

  constructor(config: ElectraConfig) {
    super();
    const { embeddingSize, hiddenSize } = config;
    this.embeddings = new BertEmbeddings(config, embeddingSize);
    this.embeddings_project = embeddingSize === hiddenSize ? undefined : new Linear(embeddingSize, hiddenSize);
    this.encoder = new BertEncoder(config);
    this.#config = config;
  }

  /** @returns the last hidden states [B, T, h] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const embedded = this.embeddings.forward(inputs, options.random); // [B, T, e]
      const hidden = this.embeddings_project?.forward(embedded) ?? embedded; // [B, T, h]
      return this.encoder.forward(hidden, encoderMask(inputs, options, this.#config), options);
    });
  }
}
