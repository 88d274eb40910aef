import type { FamilyLayout } from '../layout.js';

/** Where BERT's layers are, and those of the families that reuse them. */
export const BERT_LAYOUT: FamilyLayout = {
  words: 'embeddings.word_embeddings',
  attention: { input: 'attention.self.query', output: 'attention.output.dense', norm: 'attention.output.LayerNorm' },
  feedForward: { input: 'intermediate.dense', output: 'output.dense', norm: 'output.LayerNorm' },
  keys: { layer: 'attention.self.key', parts: 1 },
};
