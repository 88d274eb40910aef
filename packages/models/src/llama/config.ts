import { UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';
import { type Activation, readActivation } from '../layers/activations.js';
import { readRotaryPositions, type RotaryPositions } from '../layers/rotary.js';

/** The fields of a config.json that shape Llama and the families built like it (HF transformers, configuration_llama.py). */
export interface LlamaConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values, each shared by neighbouring query heads. */
  readonly keyValueHeads: number;
  /** Entries of a head. */
  readonly headSize: number;
  readonly intermediateSize: number;
  readonly activation: Activation;
  readonly rmsNormEpsilon: number;
  readonly rotary: RotaryPositions;
  /** Whether the projections to queries, keys and values have biases. */
  readonly queryKeyValueBias: boolean;
  /** Whether the projection of the attention's result has a bias. */
  readonly attentionOutputBias: boolean;
  readonly feedForwardBias: boolean;
  /** Whether queries and keys are normalised head by head. */
  readonly headNorm: boolean;
  /** How many positions a token sees back, its own among them; Infinity for all. */
  readonly slidingWindow: number;
  /** Whether the word vectors are the weights of the vocabulary's scores. */
  readonly tiedWords: boolean;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
}

/**
 * What all of these families read alike, without the biases of any.
 * @throws UnmaskError naming a field that is missing, out of range or not supported
 */
export function readLlamaConfig(read: ConfigReader): LlamaConfig {
  read.refuse('is_causal', 'a decoder sees only what is before a token', false);
  const [hiddenSize, heads] = [read.size('hidden_size'), read.size('num_attention_heads')];
  const headSize = read.has('head_dim') ? read.size('head_dim') : hiddenSize / heads;
  const keyValueHeads = read.size('num_key_value_heads', heads);
  if (heads % keyValueHeads !== 0) {
    throw new UnmaskError(`config.json: num_attention_heads ${heads} is no multiple of num_key_value_heads ${keyValueHeads}`, { code: 'bad-file' });
  }
  if (headSize % 2 !== 0) {
    throw new UnmaskError(`config.json: heads of ${headSize} entries cannot be turned in pairs: head_dim, by default hidden_size / num_attention_heads, must be even`, { code: 'bad-file' });
  }
  return {
    vocabSize: read.size('vocab_size'),
    hiddenSize,
    layers: read.size('num_hidden_layers'),
    heads,
    keyValueHeads,
    headSize,
    intermediateSize: read.size('intermediate_size'),
    activation: readActivation(read, 'hidden_act', 'silu'),
    rmsNormEpsilon: read.fraction('rms_norm_eps', 1e-6),
    rotary: readRotaryPositions(read, headSize),
    queryKeyValueBias: false,
    attentionOutputBias: false,
    feedForwardBias: false,
    headNorm: false,
    slidingWindow: Infinity,
    tiedWords: read.flag('tie_word_embeddings', false),
    attentionDropout: read.fraction('attention_dropout', 0),
    classifierDropout: read.fraction('classifier_dropout', 0.1),
  };
}

/** @throws UnmaskError naming a field that is missing, out of range or not supported */
export function parseLlamaConfig(config: unknown): LlamaConfig {
  const read = new ConfigReader(config);
  const attentionBias = read.flag('attention_bias', false);
  return {
    ...readLlamaConfig(read),
    queryKeyValueBias: attentionBias,
    attentionOutputBias: attentionBias,
    feedForwardBias: read.flag('mlp_bias', false),
  };
}
