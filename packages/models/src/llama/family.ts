import { defineFamily, type Family, familyHead, taskHeads } from '../family.js';
import type { LlamaConfig } from './config.js';
import { LlamaForCausalLM, LlamaForSequenceClassification, LlamaForTokenClassification } from './heads.js';
import { LlamaModel } from './model.js';

/**
 * A family that is Llama under another name, with another configuration.
 * @param prefix what HF transformers puts before the names of its classes, e.g. `Llama`
 */
export function defineLlamaFamily(modelType: string, prefix: string, parseConfig: (config: unknown) => LlamaConfig): Family {
  return defineFamily({
    modelType,
    baseModelPrefix: 'model',
    optional: /^(lm_head|score)\./,
    // Angles of the positions are no weights, and the heads of other tasks have no use here.
    ignored: /\.rotary_emb\.inv_freq$|^(lm_head|score|qa_outputs)\./,
    layout: {
      words: 'embed_tokens',
      attention: { input: 'input_layernorm', output: 'self_attn.o_proj' },
      feedForward: { input: 'post_attention_layernorm', output: 'mlp.down_proj' },
      keys: { layer: 'self_attn.k_proj', parts: 1 },
    },
    limits: ({ vocabSize }) => ({ words: vocabSize, segments: Infinity, positions: Infinity }),
    parseConfig,
    heads: {
      ...taskHeads(prefix, { sequence: LlamaForSequenceClassification, token: LlamaForTokenClassification }),
      'causal-lm': familyHead(`${prefix}ForCausalLM`, LlamaForCausalLM),
    'hidden-states': familyHead(`${prefix}Model`, LlamaModel),
    },
  });
}
