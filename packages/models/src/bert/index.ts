import { ConfigReader } from '../config.js';
import type { Family } from '../family.js';
import { headSize } from '../inputs.js';
import { parseBertConfig } from './config.js';
import { BertForSequenceClassification } from './model.js';

export { BertForSequenceClassification, BertModel } from './model.js';
export { parseBertConfig, type BertConfig } from './config.js';

/** BERT (Devlin et al. 2018) and the many encoders of its shape, MiniLM among them. */
export const bert: Family = {
  modelType: 'bert',
  baseModelPrefix: 'bert',
  optional: /^(bert\.pooler|classifier)\./,
  // Position ids are no weights, and the pre-training heads have no use here.
  ignored: /(^|\.)position_ids$|^cls\./,
  initializerRange: (config) => new ConfigReader(config).fraction('initializer_range', 0.02),
  sequenceClassifier: (config, head) => new BertForSequenceClassification(parseBertConfig(config), headSize(head)),
};
