import { defineFamily, familyHead, taskHeads } from '../family.js';
import { parseGpt2Config } from './config.js';
import { GPT2ForSequenceClassification, GPT2ForTokenClassification, GPT2LMHeadModel } from './heads.js';
import { GPT2Model } from './model.js';

export { GPT2ForSequenceClassification, GPT2ForTokenClassification, GPT2LMHeadModel } from './heads.js';
export { GPT2Model } from './model.js';
export { parseGpt2Config, type Gpt2Config } from './config.js';

/** GPT-2 (Radford et al. 2019) and the decoders of its shape, DistilGPT-2 among them. */
export const gpt2 = defineFamily({
  modelType: 'gpt2',
  baseModelPrefix: 'transformer',
  optional: /^(lm_head|score|classifier)\./,
  // Masks are no weights, and the heads of other tasks have no use here.
  ignored: /\.attn\.(masked_)?bias$|^(lm_head|score|classifier|qa_outputs|multiple_choice_head)\./,
  layout: {
    words: 'wte',
    attention: { input: 'ln_1', output: 'attn.c_proj' },
    feedForward: { input: 'ln_2', output: 'mlp.c_proj' },
    keys: { layer: 'attn.c_attn', parts: 3 },
  },
  limits: ({ vocabSize, maxPositions }) => ({ words: vocabSize, segments: Infinity, positions: maxPositions }),
  parseConfig: parseGpt2Config,
  heads: {
    ...taskHeads('GPT2', { sequence: GPT2ForSequenceClassification, token: GPT2ForTokenClassification }),
    'causal-lm': familyHead('GPT2LMHeadModel', GPT2LMHeadModel),
    'hidden-states': familyHead('GPT2Model', GPT2Model),
  },
});
