import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { Embedding, Linear, Random, selectBackend, tf } from '@unmask/tensor-core';
import { set } from '../../parts/one-layer.js';
import { getPeftModel } from '../../index.js';
import { ScoredTokens, TrainableTokens } from './trainable-tokens.js';

beforeAll(() => selectBackend('cpu'));

test('puts its vectors in the place of those of its tokens, where ids are looked up and where states are scored', () => {
  const words = new Embedding(3, 2);
  set(words.weight, 1, 2, 3, 4, 5, 6);
  const adapter = new TrainableTokens(words, [2, 0], true, undefined);
  const head = new Linear(2, 3, { weight: words.weight });
  head.bias!.modify((values) => values.fill(1));
  const scored = new ScoredTokens(head, adapter);
  const vectors = () => [...adapter.forward(tf.tensor1d([0, 1, 2], 'int32'), (ids) => words.forward(ids)).dataSync()];
  expect(vectors()).toEqual([1, 2, 3, 4, 5, 6]);
  set(adapter.trainable_tokens_delta, 50, 60, 10, 20);
  expect(vectors()).toEqual([10, 20, 3, 4, 50, 60]);
  expect([...scored.forward(tf.tensor2d([[1, 1]]), (x) => head.forward(x)).dataSync()]).toEqual([31, 8, 111]);
  adapter.mergeInto(words);
  expect([...words.weight.read()]).toEqual([10, 20, 3, 4, 50, 60]);
});

test('says which tokens there are not', async () => {
  const base = await loadModel(fileURLToPath(new URL('../../../../models/fixtures/tiny-llama', import.meta.url)), { head: { kind: 'causal-lm' }, random: new Random(1) });
  const adapt = (token_indices: readonly number[]) => () => getPeftModel(base, { peft_type: 'TRAINABLE_TOKENS', token_indices }, { random: new Random(2) });
  expect(adapt([])).toThrow('token_indices is missing');
  expect(adapt([3, 3])).toThrow('token_indices holds 3, which is there twice');
  expect(adapt([100_000])).toThrow('token_indices holds 100000');
});
