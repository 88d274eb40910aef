import { describe, expect, test } from '@jest/globals';
import { familyOf } from '../index.js';

const CONFIG = {
  model_type: 'llama', vocab_size: 9, hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1, num_attention_heads: 2, max_position_embeddings: 9,
};
const names = (change: Readonly<Record<string, unknown>>) => {
  const config = { ...CONFIG, ...change };
  const model = familyOf(config).build(config, { kind: 'causal-lm' });
  const found = model.namedParameters();
  model.dispose();
  return found.map(([name]) => name.replace('model.layers.0.', ''));
};
const biases = (change: Readonly<Record<string, unknown>>) => names(change).filter((name) => name.endsWith('.bias')).map((name) => name.replace('.bias', ''));

describe('the configuration of Llama and its relatives', () => {
  test('decides where biases, norms of heads and a vocabulary of its own are', () => {
    expect(biases({})).toEqual([]);
    expect(biases({ attention_bias: true })).toEqual(['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj']);
    expect(biases({ mlp_bias: true })).toEqual(['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj']);
    expect(biases({ model_type: 'qwen2' })).toEqual(['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj']);
    expect(biases({ model_type: 'qwen3' })).toEqual([]);
    expect(biases({ model_type: 'mistral', attention_bias: true })).toEqual([]);
    expect(names({ model_type: 'qwen3' })).toEqual(expect.arrayContaining(['self_attn.q_norm.weight', 'self_attn.k_norm.weight']));
    expect(names({})).toContain('lm_head.weight');
    expect(names({ tie_word_embeddings: true })).not.toContain('lm_head.weight');
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['num_attention_heads 2 is no multiple of num_key_value_heads 3', { num_key_value_heads: 3 }],
    ['heads of 3 entries cannot be turned in pairs: head_dim, by default hidden_size / num_attention_heads, must be even', { head_dim: 3 }],
    ['"hidden_act" is "prelu", expected one of gelu, ', { hidden_act: 'prelu' }],
    ['"is_causal" is false, but a decoder sees only what is before a token', { is_causal: false }],
    ['"use_sliding_window" is true, which is not supported', { model_type: 'qwen2', use_sliding_window: true }],
    ['"use_sliding_window" is true, which is not supported', { model_type: 'qwen3', use_sliding_window: true }],
    ['"sliding_window" is 0, expected a whole number from 1 up', { model_type: 'mistral', sliding_window: 0 }],
    ['"tie_word_embeddings" is "yes", expected true or false', { tie_word_embeddings: 'yes' }],
  ])('%s', (message, change) => {
    expect(() => names(change)).toThrow(`config.json: ${message}`);
  });

  test('the classes are named as in HF transformers', () => {
    const architectures = ['llama', 'qwen2', 'qwen3', 'mistral'].map((model_type) => familyOf({ model_type }).architecture('causal-lm'));
    expect(architectures).toEqual(['LlamaForCausalLM', 'Qwen2ForCausalLM', 'Qwen3ForCausalLM', 'MistralForCausalLM']);
  });
});
