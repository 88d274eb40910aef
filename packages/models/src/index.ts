export { BertForSequenceClassification, BertModel, parseBertConfig, type BertConfig } from './bert/index.js';
export { familyOf, type Family } from './family.js';
export { fetchFromHub, type HubOptions } from './hub.js';
export type { Head, SequenceClassifier, TokenInputs } from './inputs.js';
export { loadPretrained, type LoadOptions, type Pretrained } from './pretrained.js';
export { Tokenizer, type EncodedBatch, type Texts } from './tokenizer.js';
