import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { newModel, type TransformerModel } from './index.js';

beforeAll(() => selectBackend('cpu'));

const config = async (fixture: string, fields: object = {}) => ({ ...(JSON.parse(await readFile(fileURLToPath(new URL(`../fixtures/${fixture}/config.json`, import.meta.url)), 'utf8')) as object), initializer_range: 0.3, ...fields });

/** Logits of each token. @param marks the attention mask */
function logitsOf(model: TransformerModel, ids: readonly number[], marks: readonly number[]): number[][] {
  return tf.tidy(() => {
    const inputIds = tf.tensor2d([[...ids]], undefined, 'int32');
    const logits = model.forward({ inputIds, attentionMask: tf.tensor2d([[...marks]], undefined, 'int32'), tokenTypeIds: tf.zerosLike(inputIds) });
    return tf.squeeze<tf.Tensor2D>(logits, [0]).arraySync();
  });
}

describe('several texts in a row', () => {
  test.each([['tiny-gpt2', {}], ['tiny-llama', {}], ['tiny-qwen2', {}], ['tiny-qwen3', {}], ['tiny-mistral', { sliding_window: 3 }]])('of %s know nothing of each other', async (fixture, fields) => {
    const model = newModel(await config(fixture, fields), { head: { kind: 'causal-lm' }, random: new Random(1) });
    const texts = [[5, 9, 7, 12], [9], [30, 2, 41, 8, 5]];
    const packed = logitsOf(model, [...texts.flat(), 0, 0], [1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 0, 0]);
    const alone = texts.flatMap((ids) => logitsOf(model, ids, ids.map(() => 1)));
    alone.forEach((row, token) => row.forEach((value, index) => expect(packed[token][index]).toBeCloseTo(value, 5)));
    model.dispose();
  });
});
