import { languageModel, lastTokenClassifier, tokenClassifier } from '../layers/headed-model.js';
import type { Gpt2Config } from './config.js';
import { GPT2Model } from './model.js';

/** The language model (GPT2LMHeadModel), its words tied to its inputs or not. */
export class GPT2LMHeadModel extends languageModel('transformer', (config: Gpt2Config) => new GPT2Model(config), ({ wte }) => wte) {}

/** A linear classifier (or score) on the last token (GPT2ForSequenceClassification). */
export class GPT2ForSequenceClassification extends lastTokenClassifier('transformer', (config: Gpt2Config) => new GPT2Model(config)) {}

/** A linear classifier on each token (GPT2ForTokenClassification). */
export class GPT2ForTokenClassification extends tokenClassifier('transformer', (config: Gpt2Config) => new GPT2Model(config), 'classifier') {}
