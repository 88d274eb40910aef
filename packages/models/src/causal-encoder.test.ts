import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { familyOf, KeyValueCache } from './index.js';

beforeAll(() => selectBackend('cpu'));

/** Logits of each token. @param from how many of the first tokens come by way of a cache */
async function logitsOf(fixture: string, ids: readonly number[], isDecoder: boolean, from = 0): Promise<number[][]> {
  const config = JSON.parse(await readFile(fileURLToPath(new URL(`../fixtures/${fixture}/config.json`, import.meta.url)), 'utf8')) as object;
  const model = familyOf(config).build({ ...config, is_decoder: isDecoder }, { kind: 'token-classification', labels: 3 });
  const random = new Random(1);
  for (const parameter of model.parameters()) parameter.modify((values) => values.forEach((_, index) => (values[index] = 0.3 * random.normal())));
  const cache = new KeyValueCache();
  const run = (start: number, end: number) => {
    const inputIds = tf.tensor2d([ids.slice(start, end)], undefined, 'int32');
    return model.forward({ inputIds, attentionMask: tf.ones([1, end], 'int32'), tokenTypeIds: tf.zerosLike(inputIds) }, from > 0 ? { cache } : {});
  };
  const logits = tf.tidy(() => tf.squeeze<tf.Tensor2D>(tf.concat(from > 0 ? [run(0, from), run(from, ids.length)] : [run(0, ids.length)], 1), [0]).arraySync());
  cache.dispose();
  model.dispose();
  return logits;
}

test.each(['tiny-bert', 'tiny-roberta', 'tiny-electra'])('%s sees only what is before a token under is_decoder', async (fixture) => {
  const [one, other] = [await logitsOf(fixture, [5, 9, 7, 12], true), await logitsOf(fixture, [5, 9, 7, 30], true)];
  expect(other.slice(0, 3)).toEqual(one.slice(0, 3));
  expect(other[3]).not.toEqual(one[3]);
  expect((await logitsOf(fixture, [5, 9, 7, 30], false))[0]).not.toEqual((await logitsOf(fixture, [5, 9, 7, 12], false))[0]);
  (await logitsOf(fixture, [5, 9, 7, 12], true, 2)).forEach((row, token) => row.forEach((value, index) => expect(value).toBeCloseTo(one[token][index], 4)));
});

test.each(['tiny-distilbert', 'tiny-deberta-v2'])('%s knows no is_decoder, as in HF transformers', async (fixture) => {
  expect(await logitsOf(fixture, [5, 9, 7, 12], true)).toEqual(await logitsOf(fixture, [5, 9, 7, 12], false));
});
