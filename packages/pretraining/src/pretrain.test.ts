import { resolve } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Tokenizer } from '@unmask/models';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { configuration, pretrain } from './pretrain.js';

let tokenizer: Tokenizer;
beforeAll(async () => {
  await selectBackend('onnxruntime');
  tokenizer = await Tokenizer.load(resolve(import.meta.dirname, '../../../apps/reproduce/models/tiny-lm'));
});

/** A smaller model of the same family, for as long as it takes to see the loss fall. */
async function trained(seed: number) {
  const config = { ...configuration(1024), hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 2 };
  const losses: number[] = [];
  const model = await pretrain({ config, tokenizer, steps: 8, random: new Random(seed), onStep: ({ loss }) => losses.push(loss) });
  const weights = model.parameters().map((parameter) => Buffer.from(parameter.read().slice().buffer).toString('base64'));
  model.dispose();
  return { losses, weights };
}

test('the same seed gives the same weights, bit for bit, another seed others; the loss falls, and nothing stays behind', async () => {
  const tensors = tf.memory().numTensors;
  const [one, again, other] = [await trained(1), await trained(1), await trained(2)];
  expect(tf.memory().numTensors).toBe(tensors);
  expect(again).toEqual(one);
  expect(other.weights).not.toEqual(one.weights);
  expect(one.losses.at(-1)).toBeLessThan(one.losses[0] - 0.05);
});
