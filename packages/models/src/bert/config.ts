import { ConfigReader } from '../config.js';
import { readActivation, type Activation } from '../layers/activations.js';

/** The fields of BERT's config.json that shape the model (HF transformers, configuration_bert.py). */
export interface BertConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly activation: Activation;
  readonly maxPositions: number;
  /** Kinds of segments; 0 for a model without. */
  readonly typeVocabSize: number;
  readonly layerNormEpsilon: number;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
  /** Whether the word vectors are the weights of the masked language model's scores. */
  readonly tiedWords: boolean;
  /** Whether a token sees only those before it and itself (`is_decoder`). */
  readonly causal: boolean;
}

/** What encoders of BERT's shape read by the same names. @throws UnmaskError naming a field that is missing or out of range */
export function readBertConfig(read: ConfigReader): Omit<BertConfig, 'typeVocabSize' | 'layerNormEpsilon' | 'classifierDropout' | 'causal'> {
  const [hiddenSize, heads] = read.sizeAndHeads('hidden_size', 'num_attention_heads');
  return {
    vocabSize: read.size('vocab_size'),
    hiddenSize,
    layers: read.size('num_hidden_layers'),
    heads,
    intermediateSize: read.size('intermediate_size'),
    activation: readActivation(read, 'hidden_act'),
    maxPositions: read.size('max_position_embeddings'),
    hiddenDropout: read.fraction('hidden_dropout_prob', 0.1),
    attentionDropout: read.fraction('attention_probs_dropout_prob', 0.1),
    tiedWords: read.flag('tie_word_embeddings', true),
  };
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parseBertConfig(config: unknown): BertConfig {
  const read = new ConfigReader(config);
  read.refuse('add_cross_attention', 'only models by themselves are supported');
  const causal = read.flag('is_decoder', false);
  if (causal) read.refuse('is_causal', 'a decoder sees only what is before a token', false);
  read.choice('position_embedding_type', ['absolute'], 'absolute');
  const common = readBertConfig(read);
  return {
    ...common,
    typeVocabSize: read.size('type_vocab_size'),
    layerNormEpsilon: read.fraction('layer_norm_eps', 1e-12),
    classifierDropout: read.fraction('classifier_dropout', common.hiddenDropout),
    causal,
  };
}
