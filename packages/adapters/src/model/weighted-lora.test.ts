import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { Random, tf } from '@unmask/tensor-core';
import { addWeightedAdapter, getPeftModel, type PeftModel, type WeightedAdapters } from '../index.js';

const FIXTURE = fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url));
const QUERY = 'bert.encoder.layer.0.attention.self.query';

/** Two adapters: `first` on queries at rank 2 (scale 4), `second` on queries and words at `rank` (scale 1). */
async function twoAdapters(rank: number): Promise<PeftModel> {
  const random = new Random(3);
  const base = await loadModel(FIXTURE, { head: { kind: 'classification', labels: 2 }, random });
  const model = getPeftModel(base, { peft_type: 'LORA', r: 2, lora_alpha: 8, target_modules: ['query'], init_lora_weights: false }, { random, name: 'first' });
  model.addAdapter('second', { peft_type: 'LORA', r: rank, lora_alpha: rank, target_modules: ['query', 'word_embeddings'], init_lora_weights: false }, random.fork('second'));
  return model;
}

const combine = (model: PeftModel, adapters: readonly string[], weights: readonly number[], combination: WeightedAdapters['combination']) =>
  addWeightedAdapter(model, { name: 'both', adapters, weights, combination });

/** What an adapter changes of a weight, by merging it. */
function updateOf(model: PeftModel, adapter: string, name: string): number[] {
  const parameter = model.base.model.namedParameters().find(([own]) => own === name)![1];
  model.setAdapter(adapter);
  const before = parameter.read().slice();
  model.merge();
  const update = [...parameter.read()].map((value, index) => value - before[index]);
  model.unmerge();
  return update;
}

test.each([`${QUERY}.weight`, 'bert.embeddings.word_embeddings.weight'])('cat gives the weighted sum of the updates of %s', async (name) => {
  const model = await twoAdapters(3);
  combine(model, ['first', 'second'], [0.5, -2], 'cat');
  expect(model.active).toEqual(['both']);
  const [first, second] = ['first', 'second'].map((adapter) => updateOf(model, adapter, name));
  updateOf(model, 'both', name).forEach((value, index) => expect(value).toBeCloseTo(0.5 * first[index] - 2 * second[index], 4));
  model.dispose();
});

test('linear sums the factors by the roots of weight times scale, the sign on A', async () => {
  const model = await twoAdapters(2);
  const read = (adapter: string, end: string) => {
    const parameter = model.adapters.get(adapter)!.layers.get(QUERY)!.namedParameters().find(([name]) => name === end)![1];
    return parameter.read();
  };
  combine(model, ['first', 'second'], [0.5, -2], 'linear');
  const [rootFirst, rootSecond] = [Math.sqrt(0.5 * 4), Math.sqrt(2)];
  const sum = (end: string, sign: number) => [...read('first', end)].map((value, index) => rootFirst * value + sign * rootSecond * read('second', end)[index]);
  sum('lora_A.weight', -1).forEach((value, index) => expect(read('both', 'lora_A.weight')[index]).toBeCloseTo(value, 5));
  sum('lora_B.weight', 1).forEach((value, index) => expect(read('both', 'lora_B.weight')[index]).toBeCloseTo(value, 5));
  model.dispose();
});

test('says what does not combine', async () => {
  const model = await twoAdapters(3);
  expect(() => combine(model, ['first', 'second'], [1, 1], 'linear')).toThrow('ranks 2, 3');
  expect(() => combine(model, ['first'], [], 'cat')).toThrow('give a weight for each');
  expect(() => combine(model, ['third'], [1], 'cat')).toThrow('no adapter "third"');
  model.addAdapter('dora', { peft_type: 'LORA', use_dora: true }, new Random(1));
  expect(() => combine(model, ['first', 'dora'], [1, 1], 'cat')).toThrow('no plain LoRA');
  for (const name of ['heads', 'more']) model.addAdapter(name, { peft_type: 'LORA', task_type: 'SEQ_CLS' }, new Random(1));
  expect(() => combine(model, ['heads', 'more'], [1, 1], 'cat')).toThrow('trains "classifier" in full');
  model.dispose();
});

test('keeps the head that one of the adapters trains', async () => {
  const model = await twoAdapters(2);
  const head = model.addAdapter('head', { peft_type: 'LORA', r: 2, task_type: 'SEQ_CLS' }, new Random(1)).layers.get('classifier')!;
  head.parameters()[0].modify((values) => values.fill(3));
  const both = combine(model, ['head', 'first'], [1, 1], 'linear');
  expect(tf.tidy(() => tf.min(both.layers.get('classifier')!.parameters()[0].tensor).dataSync()[0])).toBe(3);
  model.dispose();
});
