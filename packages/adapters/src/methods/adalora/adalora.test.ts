import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { meanSquaredError, Random, streamGradients, tf } from '@unmask/tensor-core';
import { bitsOf, expectGradients, expectNoLeak } from '@unmask/testing';
import { adapterState, exportAdapter, finishStep, getPeftModel, loadAdapter, observed, type PeftModel, restoreAdapterState, saveAdapter, withPenalties } from '../../index.js';

const FIXTURE = fileURLToPath(new URL('../../../../models/fixtures/tiny-bert', import.meta.url));
const QUERY = 'bert.encoder.layer.0.attention.self.query';

const loadBase = () => loadModel(FIXTURE, { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
const adapt = async (config: Readonly<Record<string, unknown>>) => getPeftModel(await loadBase(), { peft_type: 'ADALORA', init_lora_weights: false, ...config }, { random: new Random(2) });

const logitsOf = (model: PeftModel) => {
  const inputIds = tf.tensor2d([[7, 12, 33]], [1, 3], 'int32');
  return model.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) });
};
const lossOf = (model: PeftModel) => withPenalties(model, meanSquaredError(logitsOf(model), tf.tensor2d([[1, -1]])));

/** Singular values that are left, of all updates. */
const left = (model: PeftModel) => model.trainableParameters().filter(({ name }) => name.endsWith('lora_E')).flatMap((parameter) => [...parameter.read()]).filter((value) => value !== 0).length;

function step(model: PeftModel, number: number): void {
  streamGradients(() => lossOf(model), observed(model, () => undefined)).dispose();
  finishStep(model, number);
}

test('the budget falls by a cube from tinit to total_step − tfinal, at every deltaT-th step', async () => {
  const model = await adapt({ init_r: 4, target_r: 1, tinit: 2, tfinal: 2, deltaT: 2, total_step: 10 }); // four updates: 16 to 4
  const counts = Array.from({ length: 10 }, (_, index) => {
    step(model, index + 1);
    return left(model);
  });
  const at = (number: number) => Math.trunc(12 * (1 - (number - 2) / 6) ** 3 + 4);
  expect(counts).toEqual([16, 16, 16, at(4), at(4), at(6), at(6), 4, 4, 4]);
  model.dispose();
});

test('a budget with room for all takes nothing away', async () => {
  const model = await adapt({ init_r: 2, target_r: 2, total_step: 3 });
  for (const number of [1, 2, 3]) step(model, number);
  expect(left(model)).toBe(8);
  model.dispose();
});

test('the penalty is the mean distance of the factors from orthonormal ones, and its gradient that of finite differences', async () => {
  const model = await adapt({ init_r: 2, target_r: 1, total_step: 9, target_modules: [QUERY], orth_reg_weight: 0.25 });
  const [a, b] = ['lora_A', 'lora_B'].map((end) => model.trainableParameters().find(({ name }) => name === `${QUERY}.${end}`)!);
  a.modify((values) => (values.fill(0)[33] = 1)); // A·Aᵀ − I = [[−1, 0], [0, 0]]
  b.modify((values) => values.fill(0)); // Bᵀ·B − I = −I
  const penalty = () => withPenalties(model, tf.scalar(0));
  expect(tf.tidy(() => penalty().dataSync()[0])).toBeCloseTo((0.25 * (1 + Math.SQRT2)) / 2, 6);
  const random = new Random(3);
  for (const parameter of [a, b]) parameter.modify((values) => values.forEach((_, index) => (values[index] = 0.3 * random.normal())));
  expectGradients([a, b], penalty);
  model.dispose();
});

test('an update without components computes nothing, and is saved and loaded so', async () => {
  const model = await adapt({ init_r: 2, target_r: 1, total_step: 9, target_modules: ['query'], rank_pattern: { [`${QUERY}.lora_E`]: [false, false] } });
  expect(model.adapters.get('default')!.layers.get(QUERY)!.parameters().map(({ shape }) => shape)).toEqual([[0, 32], [32, 0], [0, 1]]);
  const folder = await mkdtemp(join(tmpdir(), 'adalora-'));
  await saveAdapter(model, folder);
  const loaded = await loadAdapter(await loadBase(), folder, { random: new Random(5) });
  const logits = (each: PeftModel) => tf.tidy(() => [...logitsOf(each).dataSync()]);
  expect(logits(loaded)).toEqual(logits(model));
  const before = logits(model);
  model.merge();
  logits(model).forEach((value, index) => expect(value).toBeCloseTo(before[index], 4));
  for (const each of [model, loaded]) each.dispose();
  await rm(folder, { recursive: true });
});

test('says when it has seen no gradients', async () => {
  const model = await adapt({ init_r: 2, target_r: 1, total_step: 3 });
  expect(() => finishStep(model, 1)).toThrow('observed(model, sink)');
  model.dispose();
});

test('refuses a schedule without steps to allocate in', async () => {
  await expect(adapt({ total_step: 10, tinit: 4, tfinal: 6 })).rejects.toThrow('tinit < total_step − tfinal');
  await expect(adapt({})).rejects.toThrow('"total_step"');
});

test('frees what it made', async () => {
  const model = await adapt({ init_r: 2, target_r: 1, total_step: 3 });
  expectNoLeak(() => step(model, 1));
  model.dispose();
});

test('a training goes on from its saved state as if it had not ended', async () => {
  const config = { init_r: 4, target_r: 1, tinit: 2, tfinal: 2, deltaT: 2, total_step: 10 };
  const [whole, halves] = [await adapt(config), await adapt(config)];
  for (let number = 1; number <= 10; number++) step(whole, number);
  for (let number = 1; number <= 5; number++) step(halves, number);
  const state = adapterState(halves);
  const again = await adapt(config);
  again.trainableParameters().forEach((parameter, index) => parameter.modify((values) => values.set(halves.trainableParameters()[index].read())));
  restoreAdapterState(again, state);
  for (let number = 6; number <= 10; number++) step(again, number);
  expect(adapterState(again)).toEqual(adapterState(whole));
  expect(exportAdapter(again).config).toEqual(exportAdapter(whole).config);
  expect(bitsOf(again.trainableParameters())).toEqual(bitsOf(whole.trainableParameters()));
  for (const model of [whole, halves, again]) model.dispose();
});

test.each<[string, (state: Map<string, Float32Array>) => void]>([
  ['which has 4 updates of 2 components', (state) => state.clear()],
  ['which has 4 updates of 2 components', (state) => state.delete(`default.${QUERY}.kept`)],
  ['the saved sensitivity of', (state) => state.set(`default.${QUERY}.lora_A.sensitivity`, new Float32Array(3))],
])('refuses the state of another adapter: %s', async (message, change) => {
  const model = await adapt({ init_r: 2, target_r: 1, total_step: 4 });
  for (const number of [1, 2]) step(model, number);
  const state = adapterState(model);
  change(state);
  expect(() => restoreAdapterState(model, state)).toThrow(message);
  model.dispose();
});
