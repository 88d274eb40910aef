import { add, dropout, Embedding, LayerNorm, Module, type Random, type tf } from '@unmask/tensor-core';
import { columnsOf } from '../layers/positions.js';
import type { TokenInputs } from '../model.js';
import type { BertConfig } from './config.js';

/** Word, position and, where the model has segments, segment vectors, summed and normalised (HF modeling_bert.py, BertEmbeddings). */
export class BertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding | undefined;
  readonly LayerNorm: LayerNorm;
  readonly #config: BertConfig;

  /** @param size e of the vectors */
  constructor(config: BertConfig, size = config.hiddenSize) {
    super();
    this.word_embeddings = new Embedding(config.vocabSize, size);
    this.position_embeddings = new Embedding(config.maxPositions, size);
    this.token_type_embeddings = config.typeVocabSize > 0 ? new Embedding(config.typeVocabSize, size) : undefined;
    this.LayerNorm = new LayerNorm(size, config.layerNormEpsilon);
    this.#config = config;
  }

  /** @returns [B, T, e] */
  forward(inputs: TokenInputs, random?: Random): tf.Tensor {
    const positions = this.position_embeddings.forward(this.positionIds(inputs)); // [T, e] or [B, T, e]
    const words = this.word_embeddings.forward(inputs.inputIds); // [B, T, e]
    const types = this.token_type_embeddings?.forward(this.tokenTypeIds(inputs)); // [B, T, e] or [1, e]
    return dropout(this.LayerNorm.forward(add(types ? add(words, types) : words, positions)), this.#config.hiddenDropout, random);
  }

  /** [T] or [B, T]: rows of the table of positions, after those of earlier places that the mask covers. */
  protected positionIds(inputs: TokenInputs): tf.Tensor {
    return columnsOf(inputs, this.#config.maxPositions);
  }

  /** [B, T] or [1]: rows of the table of segments. */
  protected tokenTypeIds({ tokenTypeIds }: TokenInputs): tf.Tensor {
    return tokenTypeIds;
  }
}
