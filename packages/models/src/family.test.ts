import { expect, test } from '@jest/globals';
import { bert } from './bert/index.js';

const CONFIG = { hidden_size: 8, num_attention_heads: 2, vocab_size: 9, num_hidden_layers: 1, intermediate_size: 8, max_position_embeddings: 9, type_vocab_size: 2 };

test('an encoder whose words are not tied has every head but the masked language model', () => {
  const config = { ...CONFIG, tie_word_embeddings: false };
  bert.build(config, { kind: 'token-classification', labels: 2 }).dispose();
  expect(() => bert.build(config, { kind: 'masked-lm' })).toThrow('"tie_word_embeddings" is false, and BertForMaskedLM is supported with tied words alone: load another head');
});
