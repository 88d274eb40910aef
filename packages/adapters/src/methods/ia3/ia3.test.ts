import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { Random } from '@unmask/tensor-core';
import { getPeftModel } from '../../index.js';

const adapt = async (fixture: string, config: Readonly<Record<string, unknown>>) => {
  const base = await loadModel(fileURLToPath(new URL(`../../../../models/fixtures/${fixture}`, import.meta.url)), { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
  return getPeftModel(base, { peft_type: 'IA3', ...config }, { random: new Random(2) });
};

test('scales inputs in feed-forward blocks and outputs elsewhere', async () => {
  const model = await adapt('tiny-bert', {});
  const shapes = Object.fromEntries(model.trainableParameters().map(({ name, shape }) => [name.replace('bert.encoder.layer.', ''), shape]));
  expect(shapes['0.attention.self.key.ia3_l']).toEqual([32, 1]);
  expect(shapes['0.output.dense.ia3_l']).toEqual([1, 64]);
  expect(shapes['0.attention.output.dense.ia3_l']).toEqual([1, 32]); // its name ends in output.dense as well, as in HF PEFT
  model.dispose();
});

test('says what it lacks', async () => {
  await expect(adapt('tiny-bert', { target_modules: ['key'], feedforward_modules: ['dense'] })).rejects.toThrow('"dense", which is not among target_modules');
  await expect(adapt('tiny-electra', { target_modules: ['key'] })).rejects.toThrow('feedforward_modules is not given');
});
