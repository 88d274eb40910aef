import { defineFamily, encoderHeads } from '../family.js';
import { renameLegacyLayerNorm } from '../legacy-names.js';
import { parseBertConfig } from './config.js';
import { BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification } from './heads.js';
import { BERT_LAYOUT } from './layout.js';
import { BertModel } from './model.js';

export { BertEmbeddings } from './embeddings.js';
export { BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification, BertOnlyMLMHead, BertPredictionHeadTransform } from './heads.js';
export { BERT_LAYOUT } from './layout.js';
export { BertEncoder, BertIntermediate, BertModel, BertResidual } from './model.js';
export { parseBertConfig, readBertConfig, type BertConfig } from './config.js';

/** BERT (Devlin et al. 2018) and the many encoders of its shape, MiniLM among them. */
export const bert = defineFamily({
  modelType: 'bert',
  baseModelPrefix: 'bert',
  optional: /^(bert\.pooler|classifier|cls)\./,
  // Position ids are no weights, and the heads of other tasks have no use here.
  ignored: /(^|\.)position_ids$|^(cls|classifier|qa_outputs|(bert\.)?pooler)\./,
  rename: renameLegacyLayerNorm,
  layout: BERT_LAYOUT,
  limits: ({ vocabSize, typeVocabSize, maxPositions }) => ({ words: vocabSize, segments: typeVocabSize, positions: maxPositions }),
  parseConfig: parseBertConfig,
  heads: encoderHeads('Bert', { sequence: BertForSequenceClassification, token: BertForTokenClassification, maskedLM: BertForMaskedLM, bare: (config) => new BertModel(config, { pooler: false }) }),
});
