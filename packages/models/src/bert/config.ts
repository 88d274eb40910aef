import { UnmaskError } from '@unmask/tensor-core';
import { ConfigReader } from '../config.js';

/** The fields of BERT's config.json that shape the model (HF transformers, configuration_bert.py). */
export interface BertConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly maxPositions: number;
  readonly typeVocabSize: number;
  readonly layerNormEpsilon: number;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
}

/** @throws UnmaskError naming a field that is missing or out of range */
export function parseBertConfig(config: unknown): BertConfig {
  const read = new ConfigReader(config);
  read.choice('hidden_act', ['gelu'], 'gelu');
  read.choice('position_embedding_type', ['absolute'], 'absolute');
  const hiddenDropout = read.fraction('hidden_dropout_prob', 0.1);
  const [hiddenSize, heads] = [read.size('hidden_size'), read.size('num_attention_heads')];
  if (hiddenSize % heads !== 0) {
    throw new UnmaskError(`config.json: hidden_size ${hiddenSize} is no multiple of num_attention_heads ${heads}`, { code: 'bad-file' });
  }
  return {
    vocabSize: read.size('vocab_size'),
    hiddenSize,
    layers: read.size('num_hidden_layers'),
    heads,
    intermediateSize: read.size('intermediate_size'),
    maxPositions: read.size('max_position_embeddings'),
    typeVocabSize: read.size('type_vocab_size'),
    layerNormEpsilon: read.fraction('layer_norm_eps', 1e-12),
    hiddenDropout,
    attentionDropout: read.fraction('attention_probs_dropout_prob', 0.1),
    classifierDropout: read.fraction('classifier_dropout', hiddenDropout),
  };
}
