import { languageModel, lastTokenClassifier, tokenClassifier } from '../layers/headed-model.js';
import type { LlamaConfig } from './config.js';
import { LlamaModel } from './model.js';

/** The language model (LlamaForCausalLM), its words tied to its inputs or not. */
export class LlamaForCausalLM extends languageModel('model', (config: LlamaConfig) => new LlamaModel(config), ({ embed_tokens }) => embed_tokens) {}

/** A linear classifier (or score) on the last token (LlamaForSequenceClassification). */
export class LlamaForSequenceClassification extends lastTokenClassifier('model', (config: LlamaConfig) => new LlamaModel(config)) {}

/** A linear classifier on each token (LlamaForTokenClassification). */
export class LlamaForTokenClassification extends tokenClassifier('model', (config: LlamaConfig) => new LlamaModel(config), 'score') {}
