import { Module, tf } from '@unmask/tensor-core';
import { BertEmbeddings, BertEncoder } from '../bert/index.js';
import { encoderMask } from '../layers/masks.js';
import { checkLength } from '../layers/positions.js';
import type { ForwardOptions, TokenInputs } from '../model.js';
import type { RobertaConfig } from './config.js';

/** BERT's, but positions count tokens alone, from after padding's row, and all text is of the first segment (RobertaEmbeddings). */
class RobertaEmbeddings extends BertEmbeddings {
  readonly #config: RobertaConfig;

  constructor(config: RobertaConfig) {
    super(config);
    this.#config = config;
  }

  /**
   * create_position_ids_from_input_ids of HF modeling_roberta.py, which knows padding by its id; here the mask tells, so that
   * a batch may be padded with any id, at either end.
   */
  protected override positionIds({ inputIds, attentionMask }: TokenInputs): tf.Tensor {
    const { maxPositions, paddingIndex } = this.#config;
    checkLength(attentionMask.shape[1]!, maxPositions, paddingIndex + 1);
    const counts = tf.mul<tf.Tensor>(tf.cumsum(attentionMask, 1), attentionMask); // [B, S + T]: 1, 2, … for tokens, 0 for padding
    const own = tf.slice(counts, [0, attentionMask.shape[1]! - inputIds.shape[1]!]); // [B, T]
    return tf.add(own, tf.scalar(paddingIndex, 'int32'));
  }

  protected override tokenTypeIds(): tf.Tensor {
    return tf.zeros([1], 'int32');
  }
}

/** The bare encoder (RobertaModel without its pooler, which no head uses). */
export class RobertaModel extends Module {
  readonly embeddings: RobertaEmbeddings;
  readonly encoder: BertEncoder;
  readonly #config: RobertaConfig;

  constructor(config: RobertaConfig) {
    super();
    this.embeddings = new RobertaEmbeddings(config);
    this.encoder = new BertEncoder(config);
    this.#config = config;
  }

  /** @returns the last hidden states [B, T, h] */
  forward(inputs: TokenInputs, options: ForwardOptions = {}): tf.Tensor {
    return tf.tidy(() => this.encoder.forward(this.embeddings.forward(inputs, options.random), encoderMask(inputs, options, this.#config), options));
  }
}
