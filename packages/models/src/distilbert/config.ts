import type { BertConfig } from '../bert/index.js';
import { ConfigReader } from '../config.js';
import { readActivation } from '../layers/activations.js';

/**
 * BERT's fields by DistilBERT's names for them (HF transformers, configuration_distilbert.py). `sinusoidal_pos_embds` only says
 * how the positions were made: the checkpoint holds them in any case.
 * @throws UnmaskError naming a field that is missing or out of range
 */
export function parseDistilBertConfig(config: unknown): BertConfig {
  const read = new ConfigReader(config);
  const [hiddenSize, heads] = read.sizeAndHeads('dim', 'n_heads');
  return {
    vocabSize: read.size('vocab_size'),
    hiddenSize,
    layers: read.size('n_layers'),
    heads,
    intermediateSize: read.size('hidden_dim'),
    activation: readActivation(read, 'activation'),
    maxPositions: read.size('max_position_embeddings'),
    typeVocabSize: 0,
    layerNormEpsilon: 1e-12,
    hiddenDropout: read.fraction('dropout', 0.1),
    attentionDropout: read.fraction('attention_dropout', 0.1),
    classifierDropout: read.fraction('seq_classif_dropout', 0.2),
    tiedWords: read.flag('tie_word_embeddings', true),
    causal: false,
  };
}
