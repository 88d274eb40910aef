import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { hostValues, Random, selectBackend, streamGradients, tf } from '@unmask/tensor-core';
import { type AdapterConfigInput, getPeftModel, hotSwapAdapter, loadAdapter, type PeftModel, saveAdapter } from '../index.js';

const load = () => loadModel(fileURLToPath(new URL('../../../models/fixtures/tiny-llama', import.meta.url)), { head: { kind: 'causal-lm' }, random: new Random(1) });
const LORA: AdapterConfigInput = { peft_type: 'LORA', r: 2, init_lora_weights: false };
const LOHA: AdapterConfigInput = { peft_type: 'LOHA', r: 4, alpha: 40, init_weights: false, target_modules: 'all-linear' };

beforeAll(() => selectBackend('cpu'));

async function withTwo(): Promise<PeftModel> {
  const model = getPeftModel(await load(), LORA, { random: new Random(2), name: 'first' });
  model.addAdapter('second', LOHA, new Random(3));
  return model;
}

function inputs(rows: readonly (readonly number[])[]) {
  const inputIds = tf.tensor2d(rows.map((row) => [...row]), undefined, 'int32');
  return { inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) };
}

const run = (model: PeftModel, rows: readonly (readonly number[])[], adapterNames?: readonly string[]) =>
  tf.tidy(() => Array.from(hostValues(model.forward(inputs(rows), adapterNames && { adapterNames }))));

test('rows of a batch have an adapter each, or none, and the active ones act as before', async () => {
  const model = await withTwo();
  const rows = [[5, 6, 7], [8, 9, 10], [11, 12, 13], [5, 6, 7]];
  const names = ['second', '__base__', 'first', 'first'];
  const mixed = run(model, rows, names);
  const alone = rows.flatMap((row, index) => {
    model.setAdapter(...(names[index] === '__base__' ? [] : [names[index]]));
    return run(model, [row]);
  });
  mixed.forEach((value, index) => expect(value).toBeCloseTo(alone[index], 5));
  model.setAdapter('second');
  const active = run(model, rows);
  run(model, rows, names);
  expect(run(model, rows)).toEqual(active);
  model.dispose();
});

test('rows without a name each, unknown names, adapters around the model and training are refused', async () => {
  const model = await withTwo();
  model.addAdapter('prompt', { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2 });
  const rows = [[5, 6], [7, 8]];
  expect(() => run(model, rows, ['first'])).toThrow('adapterNames has 1 names, but the batch has 2 rows');
  expect(() => run(model, rows, ['first', 'frist'])).toThrow('there is no adapter "frist"');
  expect(() => run(model, rows, ['first', 'prompt'])).toThrow('puts tokens before all rows');
  expect(() => streamGradients(() => tf.sum(model.forward(inputs(rows), { adapterNames: ['first', 'second'] })), () => undefined)).toThrow('for evaluation');
  model.dispose();
});

test('an adapter is swapped for that of a folder, of whatever method, whole or not at all', async () => {
  const model = await withTwo();
  const rows = [[5, 6, 7]];
  await saveAdapter(model, 'memory:swap', 'second');
  const expected = run(await loadAdapter(await load(), 'memory:swap'), rows);
  model.setAdapter('first');
  const before = run(model, rows);
  await expect(hotSwapAdapter(model, 'memory:nothing', { name: 'first' })).rejects.toThrow('adapter_config.json');
  await expect(hotSwapAdapter(model, 'memory:swap', { name: 'third' })).rejects.toThrow('there is no adapter "third"');
  expect(run(model, rows)).toEqual(before);
  const swapping = hotSwapAdapter(model, 'memory:swap', { name: 'first' });
  expect(run(model, rows)).toEqual(before); // in use meanwhile
  await swapping;
  expect([...model.adapters.keys()].sort()).toEqual(['first', 'second']);
  expect(model.active).toEqual(['first']);
  expect(run(model, rows)).toEqual(expected);
  model.dispose();
});
