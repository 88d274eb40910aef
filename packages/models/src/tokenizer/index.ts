export type { EncodedBatch, Encoding, PaddingSide } from './batch.js';
export type { ChatMessage, ChatOptions } from './chat-template.js';
export type { SpecialTokenRole, SpecialTokens } from './special-tokens.js';
export { TextStream } from './text-stream.js';
export { Tokenizer, type EncodeBatchOptions, type EncodedWords, type EncodeOptions, type Texts } from './tokenizer.js';
