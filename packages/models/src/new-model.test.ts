import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { newModel, loadModel, savePretrained, type Head } from './index.js';

const config = {
  model_type: 'llama',
  vocab_size: 50,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  max_position_embeddings: 64,
  initializer_range: 0.1,
  tie_word_embeddings: true,
};
const head: Head = { kind: 'causal-lm' };
const make = (seed: number) => newModel(config, { head, random: new Random(seed) });

beforeAll(() => selectBackend('cpu'));

test('matrices are normal with the range of the configuration, norms are 1, and the seed decides all', () => {
  const [model, again, other] = [make(1), make(1), make(2)];
  const read = (each: typeof model) => each.parameters().map((parameter) => [...parameter.read()]);
  expect(read(again)).toEqual(read(model));
  expect(read(other)).not.toEqual(read(model));
  const matrices = model.parameters().filter(({ shape }) => shape.length > 1);
  const all = matrices.flatMap((parameter) => [...parameter.read()]);
  expect(Math.sqrt(all.reduce((sum, value) => sum + value ** 2, 0) / all.length)).toBeCloseTo(0.1, 2);
  for (const norm of model.parameters().filter(({ shape }) => shape.length === 1)) expect([...norm.read()]).toEqual(new Array(norm.size).fill(1));
  for (const each of [model, again, other]) each.dispose();
});

test('it can be saved and loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'new-'));
  try {
    const model = make(1);
    await savePretrained(model, join(folder, 'out'), { config, head, folder: fileURLToPath(new URL('../fixtures/tiny-llama', import.meta.url)) });
    const loaded = await loadModel(join(folder, 'out'), { head, random: new Random(1) });
    expect(loaded.newParameters).toEqual([]);
    expect(loaded.model.parameters().map((parameter) => [...parameter.read()])).toEqual(model.parameters().map((parameter) => [...parameter.read()]));
    for (const each of [model, loaded.model]) each.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a configuration that cannot be is refused by field', () => {
  expect(() => newModel({ ...config, hidden_size: -1 }, { head, random: new Random(1) })).toThrow('hidden_size');
});
