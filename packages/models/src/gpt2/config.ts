import { ConfigReader } from '../config.js';
import { type Activation, readActivation } from '../layers/activations.js';

/** The fields of GPT-2's config.json that shape the model (HF transformers, configuration_gpt2.py). */
export interface Gpt2Config {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly maxPositions: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Whether attention's products are divided by √d. */
  readonly scaledByHead: boolean;
  /** Whether they are divided by the layer's number, from 1, besides. */
  readonly scaledByLayer: boolean;
  /** Whether the word vectors are the weights of the vocabulary's scores. */
  readonly tiedWords: boolean;
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  readonly residualDropout: number;
  readonly classifierDropout: number;
}

/** @throws UnmaskError naming a field that is missing, out of range or not supported */
export function parseGpt2Config(config: unknown): Gpt2Config {
  const read = new ConfigReader(config);
  read.refuse('add_cross_attention', 'only decoders by themselves are supported');
  read.refuse('is_causal', 'a decoder sees only what is before a token', false);
  const [hiddenSize, heads] = read.sizeAndHeads('n_embd', 'n_head');
  return {
    vocabSize: read.size('vocab_size'),
    hiddenSize,
    layers: read.size('n_layer'),
    heads,
    intermediateSize: read.size('n_inner', 4 * hiddenSize),
    maxPositions: read.size('n_positions'),
    activation: readActivation(read, 'activation_function', 'gelu_new'),
    layerNormEpsilon: read.fraction('layer_norm_epsilon', 1e-5),
    scaledByHead: read.flag('scale_attn_weights', true),
    scaledByLayer: read.flag('scale_attn_by_inverse_layer_idx', false),
    tiedWords: read.flag('tie_word_embeddings', true),
    embeddingDropout: read.fraction('embd_pdrop', 0.1),
    attentionDropout: read.fraction('attn_pdrop', 0.1),
    residualDropout: read.fraction('resid_pdrop', 0.1),
    classifierDropout: read.fraction('classifier_dropout', read.fraction('hidden_dropout', 0.1)),
  };
}
