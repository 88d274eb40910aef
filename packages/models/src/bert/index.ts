import { defineFamily } from '../family.js';
import { parseBertConfig } from './config.js';
import { BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification } from './heads.js';

export { BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification } from './heads.js';
export { BertModel } from './model.js';
export { parseBertConfig, type BertConfig } from './config.js';

const sequence = { architecture: 'BertForSequenceClassification', build: (config: ReturnType<typeof parseBertConfig>, outputs: number) => new BertForSequenceClassification(config, outputs) };

/** BERT (Devlin et al. 2018) and the many encoders of its shape, MiniLM among them. */
export const bert = defineFamily({
  modelType: 'bert',
  baseModelPrefix: 'bert',
  optional: /^(bert\.pooler|classifier|cls)\./,
  // Position ids are no weights, and the heads of other tasks have no use here.
  ignored: /(^|\.)position_ids$|^cls\.|^classifier\.|^(bert\.)?pooler\./,
  parseConfig: parseBertConfig,
  heads: {
    classification: sequence,
    regression: sequence,
    'token-classification': { architecture: 'BertForTokenClassification', build: (config, outputs) => new BertForTokenClassification(config, outputs) },
    'masked-lm': { architecture: 'BertForMaskedLM', build: (config) => new BertForMaskedLM(config) },
  },
});
