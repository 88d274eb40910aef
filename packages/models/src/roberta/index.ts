import { BERT_LAYOUT } from '../bert/index.js';
import { defineFamily, encoderHeads, type Family } from '../family.js';
import { renameLegacyLayerNorm } from '../legacy-names.js';
import { parseRobertaConfig } from './config.js';
import { RobertaForMaskedLM, RobertaForSequenceClassification, RobertaForTokenClassification } from './heads.js';
import { RobertaModel } from './model.js';

/** @param className what the names of HF's classes begin with */
function define(modelType: string, className: string): Family {
  return defineFamily({
    modelType,
    baseModelPrefix: 'roberta',
    optional: /^(classifier|lm_head)\./,
    // Position ids are no weights, and the heads of other tasks have no use here.
    ignored: /(^|\.)position_ids$|^(classifier|lm_head|qa_outputs|(roberta\.)?pooler)\./,
    rename: renameLegacyLayerNorm,
    layout: BERT_LAYOUT,
    limits: ({ vocabSize, maxPositions, paddingIndex }) => ({ words: vocabSize, segments: Infinity, positions: maxPositions - paddingIndex - 1 }),
    parseConfig: parseRobertaConfig,
    heads: encoderHeads(className, { sequence: RobertaForSequenceClassification, token: RobertaForTokenClassification, maskedLM: RobertaForMaskedLM, bare: (config) => new RobertaModel(config) }),
  });
}

/** RoBERTa (Liu et al. 2019). */
export const roberta = define('roberta', 'Roberta');

/** XLM-RoBERTa (Conneau et al. 2020): RoBERTa in a hundred languages. */
export const xlmRoberta = define('xlm-roberta', 'XLMRoberta');
