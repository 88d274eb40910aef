import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { type Head, loadModel } from '@unmask/models';
import { Random } from '@unmask/tensor-core';
import { bitsOf } from '@unmask/testing';
import { getPeftModel } from '../../index.js';

const load = (fixture: string, head: Head) => loadModel(fileURLToPath(new URL(`../../../../models/fixtures/${fixture}`, import.meta.url)), { head, random: new Random(1) });
const adapt = async (config: Readonly<Record<string, unknown>>, fixture = 'tiny-bert', head: Head = { kind: 'classification', labels: 2 }) =>
  getPeftModel(await load(fixture, head), { peft_type: 'LORA', ...config }, { random: new Random(2) });

test.each<[config: Readonly<Record<string, unknown>>, message: string, head?: Head]>([
  [{ init_lora_weights: 'orthogonal', r: 3 }, 'even rank, not 3'],
  [{ init_lora_weights: 'eva' }, 'give getPeftModel some batches, { calibration: [{ inputs }] }'],
  [{ init_lora_weights: 'eva', eva_config: { rho: 0.5 } }, '"rho": 0.5, expected a number of at least 1'],
  [{ init_lora_weights: 'loftq', loftq_config: { loftq_bits: 5 } }, '"loftq_bits": 5, expected one of 4, 8'],
  [{ init_lora_weights: 'pissa', target_modules: ['query', 'word_embeddings'] }, 'init_lora_weights "pissa" is for linear layers'],
  [{ init_lora_weights: 'pissa', r: 33 }, 'choose at most that many for init_lora_weights "pissa"'],
  [{ rank: 'eight' }, '"rank": "eight", which is not supported; did you mean "r"?'],
  [{ targetModules: ['query'] }, 'did you mean "target_modules"?'],
  [{ lora_dropuot: 0.1 }, 'did you mean "lora_dropout"?'],
  [{ init_lora_weights: 'pizza' }, '"init_lora_weights": "pizza", expected one of true, false, "gaussian", "orthogonal"'],
  [{ ensure_weight_tying: true, target_modules: ['word_embeddings'] }, 'ensure_weight_tying is for trainable_token_indices here, and "bert.embeddings.word_embeddings"', { kind: 'masked-lm' }],
  [{ ensure_weight_tying: true, modules_to_save: ['decoder'] }, 'ensure_weight_tying is for', { kind: 'masked-lm' }],
  [{ trainable_token_indices: [3], target_modules: ['word_embeddings'] }, 'is among both target_modules and trainable_token_indices'],
  [{ target_parameters: ['query.bias'] }, 'only weights of linear layers'],
  [{ target_parameters: ['query.weight'], lora_dropout: 0.1 }, 'target_parameters goes with neither'],
  [{ lora_bias: true, use_dora: true }, 'lora_bias goes with neither'],
  [{ lora_bias: true, target_modules: ['word_embeddings'] }, 'lora_bias is not for embeddings'],
  [{ use_qalora: true }, '"use_qalora": true, which is not supported'],
])('%j is refused', async (...[config, message, head]) => {
  await expect(adapt(config, 'tiny-bert', head)).rejects.toThrow(message);
});

test('biases of the base train, all of them or those of the adapted layers, also that of tied words', async () => {
  const masked: Head = { kind: 'masked-lm' };
  for (const [bias, count] of [['all', 20], ['lora_only', 4]] as const) {
    const model = await adapt({ bias }, 'tiny-bert', masked);
    const names = model.trainableParameters().map(({ name }) => name).filter((name) => name.endsWith('bias'));
    expect([names.length, names.includes('cls.predictions.decoder.bias')]).toEqual([count, bias === 'all']);
    model.dispose();
  }
});

test('a head of tied words has an update of its own, which does not merge into the words', async () => {
  const model = await adapt({ target_modules: ['lm_head'], init_lora_weights: false }, 'tiny-llama', { kind: 'causal-lm' });
  expect(model.trainableParameters().map(({ name }) => name)).toEqual(['lm_head.lora_A.weight', 'lm_head.lora_B.weight']);
  expect(() => model.merge()).toThrow('words that the model reads too');
  model.dispose();
});

test('a bias of B that the layer has no place for is not merged, and the base stays as it was', async () => {
  const model = await adapt({ lora_bias: true }, 'tiny-llama', { kind: 'causal-lm' });
  const before = bitsOf(model.base.model.parameters());
  expect(() => model.merge()).toThrow('cannot be merged into a layer without bias');
  expect(bitsOf(model.base.model.parameters())).toEqual(before);
  model.dispose();
});

test('words that the head reads too are not merged, and words that it does not read are', async () => {
  const config = { target_modules: '.*(word_embeddings|embed_tokens)', init_lora_weights: false };
  const tied = await adapt(config, 'tiny-llama', { kind: 'causal-lm' });
  expect(() => tied.merge()).toThrow('words that the head reads too');
  for (const [fixture, head] of [['tiny-llama-untied', { kind: 'causal-lm' }], ['tiny-llama', { kind: 'classification', labels: 2 }]] as const) {
    const model = await adapt(config, fixture, head);
    expect(() => model.merge()).not.toThrow();
    model.dispose();
  }
  tied.dispose();
});
