import { BERT_LAYOUT } from '../bert/index.js';
import { defineFamily, encoderHeads } from '../family.js';
import { parseDebertaV2Config } from './config.js';
import { DebertaV2ForMaskedLM, DebertaV2ForSequenceClassification, DebertaV2ForTokenClassification } from './heads.js';
import { DebertaV2Model } from './model.js';

/** DeBERTa-v2 (He et al. 2020) and v3 (He et al. 2021), whose checkpoints carry the same model_type. */
export const debertaV2 = defineFamily({
  modelType: 'deberta-v2',
  baseModelPrefix: 'deberta',
  optional: /^(pooler|classifier|cls|lm_predictions)\./,
  // Position ids are no weights; tables that the configuration does not ask for act on nothing, nor do the heads of other tasks.
  ignored: /(^|\.)(position_ids$|position_embeddings\.|encoder\.(rel_embeddings|LayerNorm)\.)|^(pooler|classifier|cls|lm_predictions|mask_predictions|qa_outputs)\./,
  layout: {
    words: BERT_LAYOUT.words,
    attention: { ...BERT_LAYOUT.attention, input: 'attention.self.query_proj' },
    feedForward: BERT_LAYOUT.feedForward,
  },
  limits: ({ vocabSize, typeVocabSize, absolutePositions, maxPositions }) => ({ words: vocabSize, segments: typeVocabSize || Infinity, positions: absolutePositions ? maxPositions : Infinity }),
  parseConfig: parseDebertaV2Config,
  heads: encoderHeads('DebertaV2', { sequence: DebertaV2ForSequenceClassification, token: DebertaV2ForTokenClassification, maskedLM: DebertaV2ForMaskedLM, bare: (config) => new DebertaV2Model(config) }),
});
