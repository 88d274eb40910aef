import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { hostValues, Random, readText, selectBackend, tf, writeWhole } from '@unmask/tensor-core';
import { bitsOf } from '@unmask/testing';
import { adapterState, type AdapterConfigInput, getPeftModel, loadAdapter, type PeftModel, restoreAdapterState, saveAdapter } from '../../index.js';

const load = () => loadModel(fileURLToPath(new URL('../../../../models/fixtures/tiny-llama', import.meta.url)), { head: { kind: 'causal-lm' }, random: new Random(1) });
const adapt = async (config: Omit<AdapterConfigInput & { peft_type: 'LORA' }, 'peft_type'>, seed = 2) => getPeftModel(await load(), { peft_type: 'LORA', ...config }, { random: new Random(seed) });

beforeAll(() => selectBackend('onnxruntime'));

const logitsOf = (model: Pick<PeftModel, 'forward'>) =>
  tf.tidy(() => {
    const inputIds = tf.tensor2d([[7, 12, 33, 21]], undefined, 'int32');
    return [...hostValues(model.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }))];
  });

const configIn = async (folder: string) => JSON.parse((await readText(`${folder}/adapter_config.json`))!) as object;

const furthest = (left: readonly number[], right: readonly number[]) => left.reduce((most, value, index) => Math.max(most, Math.abs(value - right[index])), 0);

function perturb(model: PeftModel): void {
  const random = new Random('changed');
  for (const parameter of model.trainableParameters()) parameter.modify((values) => values.forEach((value, index) => (values[index] = value + 0.1 * random.normal())));
}

test.each([
  ['pissa', { init_lora_weights: 'pissa', r: 3, rank_pattern: { v_proj: 2 } }],
  ['olora with rsLoRA', { init_lora_weights: 'olora', r: 2, use_rslora: true }],
  ['pissa with DoRA', { init_lora_weights: 'pissa_niter_4', r: 2, use_dora: true, lora_dropout: 0.1 }],
] as const)('%s changes nothing at first, merges, and is saved as an adapter of the weights as they are', async (_, config) => {
  const peft = await adapt(config);
  const [fresh, bits] = [logitsOf(peft), bitsOf(peft.base.model.parameters())];
  peft.setAdapter();
  expect(furthest(logitsOf(peft), fresh)).toBeLessThan(1e-5);
  peft.setAdapter('default');
  perturb(peft);
  const before = logitsOf(peft);
  expect(furthest(before, fresh)).toBeGreaterThan(1e-3);
  peft.merge();
  expect(furthest(logitsOf(peft), before)).toBeLessThan(1e-5);
  peft.unmerge();
  expect(bitsOf(peft.base.model.parameters())).toEqual(bits);
  await saveAdapter(peft, 'memory:converted');
  expect(await configIn('memory:converted')).toMatchObject({ init_lora_weights: true, r: 2 * config.r });
  const loaded = await loadAdapter(await load(), 'memory:converted');
  expect(furthest(logitsOf(loaded), before)).toBeLessThan(1e-5);
  for (const model of [peft, loaded]) model.dispose();
});

test('what LoftQ puts in the place of the weight follows from the weight, so its file needs nothing else', async () => {
  const peft = await adapt({ init_lora_weights: 'loftq', r: 2, lora_alpha: 2 });
  perturb(peft);
  await saveAdapter(peft, 'memory:loftq');
  const loaded = await loadAdapter(await load(), 'memory:loftq');
  expect(furthest(logitsOf(loaded), logitsOf(peft))).toBeLessThan(1e-6);
  for (const model of [peft, loaded]) model.dispose();
});

test('a training that goes on has what the start took off, whatever it is made from', async () => {
  const [peft, other] = [await adapt({ init_lora_weights: 'pissa_niter_1', r: 2 }), await adapt({ init_lora_weights: 'pissa', r: 2 }, 3)];
  perturb(peft);
  restoreAdapterState(other, adapterState(peft));
  peft.trainableParameters().forEach((parameter, index) => other.trainableParameters()[index].modify((values) => values.set(parameter.read())));
  expect(logitsOf(other)).toEqual(logitsOf(peft));
  const wrong = new Map([...adapterState(peft)].slice(1));
  expect(() => restoreAdapterState(other, wrong)).toThrow('not of this LoRA adapter');
  for (const model of [peft, other]) model.dispose();
});

test('a file whose start changed weights by numbers that it does not hold is refused', async () => {
  const peft = await adapt({});
  await saveAdapter(peft, 'memory:corda');
  peft.dispose();
  await writeWhole('memory:corda/adapter_config.json', JSON.stringify({ ...(await configIn('memory:corda')), init_lora_weights: 'corda' }));
  await expect(loadAdapter(await load(), 'memory:corda')).rejects.toThrow('path_initial_model_for_weight_conversion');
});
