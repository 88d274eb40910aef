import { BERT_LAYOUT } from '../bert/index.js';
import { defineFamily, encoderHeads } from '../family.js';
import { renameLegacyLayerNorm } from '../legacy-names.js';
import { parseElectraConfig } from './config.js';
import { ElectraForMaskedLM, ElectraForSequenceClassification, ElectraForTokenClassification } from './heads.js';
import { ElectraModel } from './model.js';

/** ELECTRA (Clark et al. 2020): its discriminator for classification, its generator for masked words. */
export const electra = defineFamily({
  modelType: 'electra',
  baseModelPrefix: 'electra',
  optional: /^(classifier|generator_predictions|generator_lm_head)\./,
  // Position ids are no weights, and the heads of other tasks have no use here.
  ignored: /(^|\.)position_ids$|^(classifier|generator_predictions|generator_lm_head|discriminator_predictions|qa_outputs|sequence_summary)\./,
  rename: renameLegacyLayerNorm,
  layout: BERT_LAYOUT,
  limits: ({ vocabSize, typeVocabSize, maxPositions }) => ({ words: vocabSize, segments: typeVocabSize, positions: maxPositions }),
  parseConfig: parseElectraConfig,
  heads: encoderHeads('Electra', { sequence: ElectraForSequenceClassification, token: ElectraForTokenClassification, maskedLM: ElectraForMaskedLM, bare: (config) => new ElectraModel(config) }),
});
