export { BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification, BertModel, parseBertConfig, type BertConfig } from './bert/index.js';
export type { Family } from './family.js';
export { KeyValueCache } from './generation/cache.js';
export { fetchFromHub, type HubOptions } from './hub.js';
export type { ForwardOptions, Head, HeadKind, TokenInputs, TransformerModel } from './model.js';
export { loadModel, loadPretrained, type LoadedModel, type LoadOptions, type Pretrained } from './pretrained.js';
export { families, familyOf } from './registry.js';
export { Tokenizer, type EncodedBatch, type Texts } from './tokenizer.js';
