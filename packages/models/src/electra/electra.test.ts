import { expect, test } from '@jest/globals';
import { electra } from './index.js';

const CONFIG = { hidden_size: 8, num_attention_heads: 2, vocab_size: 9, num_hidden_layers: 1, intermediate_size: 8, max_position_embeddings: 9, type_vocab_size: 2 };

test.each([
  [8, []],
  [4, ['electra.embeddings_project.weight', 'electra.embeddings_project.bias']],
])('embeddings of size %d are projected to the hidden size where they differ from it', (embedding_size, expected) => {
  const model = electra.build({ ...CONFIG, embedding_size }, { kind: 'masked-lm' });
  const names = model.namedParameters().map(([name]) => name);
  expect(names.filter((name) => name.includes('project'))).toEqual(expected);
  model.dispose();
});
