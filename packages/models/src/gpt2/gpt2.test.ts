import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { expectNoLeak } from '@unmask/testing';
import { familyOf, loadModel } from '../index.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/tiny-gpt2', import.meta.url));

beforeAll(() => selectBackend('cpu'));

test('a sequence beyond the positions is refused; padding does not count', async () => {
  const { model } = await loadModel(FOLDER, { head: { kind: 'causal-lm' }, random: new Random(1) });
  const inputs = (tokens: number) => {
    const ids = tf.zeros([1, 66], 'int32');
    return { inputIds: ids, attentionMask: tf.concat([tf.zeros([1, 66 - tokens], 'int32'), tf.ones([1, tokens], 'int32')], 1), tokenTypeIds: ids };
  };
  expectNoLeak(() => tf.tidy(() => {
    expect(model.forward(inputs(64)).shape).toEqual([1, 66, 86]);
    expect(() => model.forward(inputs(65))).toThrow("a sequence of 65 tokens is longer than the model's 64 positions");
  }));
  model.dispose();
});

test('masks of old checkpoints are passed over, biases of projections are not', () => {
  const { ignored } = familyOf({ model_type: 'gpt2' });
  expect(['h.0.attn.bias', 'transformer.h.11.attn.masked_bias'].every((name) => ignored.test(name))).toBe(true);
  expect(['h.0.attn.c_attn.bias', 'h.0.attn.c_proj.bias'].some((name) => ignored.test(name))).toBe(false);
});

test('cross-attention is refused', async () => {
  const config = JSON.parse(await readFile(`${FOLDER}/config.json`, 'utf8')) as object;
  const build = (change: object) => familyOf(config).build({ ...config, ...change }, { kind: 'causal-lm' });
  expect(() => build({ add_cross_attention: true })).toThrow('only decoders by themselves are supported');
  const untied = build({ tie_word_embeddings: false });
  expect(untied.namedParameters().map(([name]) => name)).toContain('lm_head.weight');
  untied.dispose();
});
