export { BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification, BertModel, parseBertConfig, type BertConfig } from './bert/index.js';
export { configOf, type Family } from './family.js';
export { GPT2ForSequenceClassification, GPT2ForTokenClassification, GPT2LMHeadModel, GPT2Model, parseGpt2Config, type Gpt2Config } from './gpt2/index.js';
export type { Beams } from './generation/beam-search.js';
export { KeyValueCache } from './generation/cache.js';
export { readGenerationDefaults, type GenerationDefaults } from './generation/defaults.js';
export { generate, generateStream, type GeneratedTokens } from './generation/generate.js';
export { loadLanguageModel, type LanguageModel } from './generation/language-model.js';
export type { GenerationOptions } from './generation/options.js';
export type { Sampling } from './generation/sampling.js';
export { generateText, streamText, type GeneratedText, type TextOptions } from './generation/text.js';
export { generateTexts, type Prompt, type TextsOptions } from './generation/texts.js';
export { fetchFromHub, MODEL_FILES, type HubOptions } from './hub.js';
export type { BlockLayout, FamilyLayout } from './layout.js';
export { LlamaForCausalLM, LlamaForSequenceClassification, LlamaForTokenClassification, LlamaModel, parseLlamaConfig, type LlamaConfig } from './llama/index.js';
export type { ForwardOptions, Head, HeadKind, KeyValues, TokenInputs, TokenLimits, TransformerModel } from './model.js';
export { nextTokenLoss } from './next-token-loss.js';
export { loadModel, loadPretrained, locateModel, newModel, type LoadedModel, type LoadOptions, type Pretrained } from './pretrained.js';
export { families, familyOf } from './registry.js';
export { checkpointConfig, savePretrained, type SaveOptions } from './save.js';
export { checkEncoding, tokenLimits } from './token-limits.js';
export {
  TextStream,
  Tokenizer,
  type ChatMessage,
  type ChatOptions,
  type EncodeBatchOptions,
  type EncodedBatch,
  type EncodedWords,
  type EncodeOptions,
  type Encoding,
  type PaddingSide,
  type SpecialTokenRole,
  type SpecialTokens,
  type Texts,
} from './tokenizer/index.js';
