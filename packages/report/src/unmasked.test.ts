import { expect, test } from '@jest/globals';
import { groupRuns } from './grouping.js';
import { storedRun } from './testing/stored-runs.js';
import { placeOf, unmaskedMaps } from './unmasked.js';

test.each([
  ['bert.encoder.layer.3.attention.self.query.weight', 3, 'attention.self.query'],
  ['encoder.layer.11.output.LayerNorm.bias', 11, 'output.LayerNorm'],
  ['model.layers.27.self_attn.q_proj.weight', 27, 'self_attn.q_proj'],
  ['transformer.h.0.mlp.c_fc.bias', 0, 'mlp.c_fc'],
  ['bert.encoder.layer.3.attention.self.query.lora_A.weight', 3, 'attention.self.query.lora_A'],
  ['deberta.embeddings.word_embeddings.weight', null, 'deberta.embeddings.word_embeddings'],
  ['classifier.bias', null, 'classifier'],
])('%s is of layer %p, %s', (name, layer, module) => expect(placeOf(name)).toEqual({ layer, module }));

test('a map adds up the parameters of a module, for the steps that were recorded', () => {
  const run = storedRun({ unmaskedEntries: 200 }, { history: [
    { step: 1, loss: 1, learningRate: 0.1, unmasked: 20, seconds: 1 },
    { step: 5, unmaskedByTensor: { 'layer.0.key.weight': 20 } },
    { step: 10, unmaskedByTensor: { 'layer.0.key.weight': 40, 'layer.0.key.bias': 10, 'head.weight': 150 } },
  ] });
  const [panel] = groupRuns([storedRun({ method: 'fft', budget: null }), run]).panels;
  expect(unmaskedMaps(panel)).toEqual([{
    row: 'id3 · 1,000', task: 'rte', seed: 1, entries: 200, steps: [5, 10],
    modules: [{ layer: 0, module: 'key', counts: [20, 50] }, { layer: null, module: 'head', counts: [0, 150] }],
  }]);
});
