import { defineFamily, encoderHeads } from '../family.js';
import { renameLegacyLayerNorm } from '../legacy-names.js';
import { parseDistilBertConfig } from './config.js';
import { DistilBertForMaskedLM, DistilBertForSequenceClassification, DistilBertForTokenClassification } from './heads.js';
import { DistilBertModel } from './model.js';

/** DistilBERT (Sanh et al. 2019): BERT without segments and pooler, of half the layers. */
export const distilbert = defineFamily({
  modelType: 'distilbert',
  baseModelPrefix: 'distilbert',
  optional: /^(pre_classifier|classifier|vocab_transform|vocab_layer_norm|vocab_projector)\./,
  // Position ids are no weights, and the heads of other tasks have no use here.
  ignored: /(^|\.)position_ids$|^(pre_classifier|classifier|vocab_transform|vocab_layer_norm|vocab_projector|qa_outputs)\./,
  rename: renameLegacyLayerNorm,
  layout: {
    words: 'embeddings.word_embeddings',
    attention: { input: 'attention.q_lin', output: 'attention.out_lin', norm: 'sa_layer_norm' },
    feedForward: { input: 'ffn.lin1', output: 'ffn.lin2', norm: 'output_layer_norm' },
  },
  limits: ({ vocabSize, maxPositions }) => ({ words: vocabSize, segments: Infinity, positions: maxPositions }),
  parseConfig: parseDistilBertConfig,
  heads: encoderHeads('DistilBert', { sequence: DistilBertForSequenceClassification, token: DistilBertForTokenClassification, maskedLM: DistilBertForMaskedLM, bare: (config) => new DistilBertModel(config) }),
});
