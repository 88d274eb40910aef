import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Head, loadModel } from '@unmask/models';
import { Random, SafetensorsFile, selectBackend, tf, UnmaskError, writeSafetensors, type WritableTensor } from '@unmask/tensor-core';
import { type AdapterConfigInput, getPeftModel, loadAdapter, loraConfig, type PeftModel, saveAdapter } from './index.js';

const MODELS = fileURLToPath(new URL('../../models/fixtures/', import.meta.url));
const CLASSES: Head = { kind: 'classification', labels: 2 };

let folder: string;
beforeAll(() => selectBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapter-'));
});
afterEach(() => rm(folder, { recursive: true }));

const load = (model = 'tiny-bert', head: Head = CLASSES) => loadModel(MODELS + model, { head, random: new Random(1) });

/** An adapter whose values are none that a fresh one has, in the folder. @returns its logits */
async function saved(config: AdapterConfigInput, model?: string, head?: Head): Promise<number[]> {
  const peft = getPeftModel(await load(model, head), config);
  const random = new Random('changed');
  for (const parameter of peft.trainableParameters()) parameter.modify((values) => values.forEach((_, index) => (values[index] += 0.3 * random.normal())));
  await saveAdapter(peft, folder);
  return logitsOf(peft, true);
}

function logitsOf(model: PeftModel, last = false): number[] {
  const logits = tf.tidy(() => {
    const inputIds = tf.tensor2d([[7, 12, 33, 21]], undefined, 'int32');
    return [...model.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }).dataSync()];
  });
  if (last) model.dispose();
  return logits;
}

async function reconfigure(change: object): Promise<void> {
  const path = join(folder, 'adapter_config.json');
  await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...change }));
}

/** Rewrites the weights. */
async function rewrite(change: (tensors: WritableTensor[]) => WritableTensor[]): Promise<void> {
  const path = join(folder, 'adapter_model.safetensors');
  const file = await SafetensorsFile.open(path);
  const tensors: WritableTensor[] = [];
  for (const [name, { shape }] of file.entries) tensors.push({ name, dtype: 'F32', shape, data: await file.readFloat32(name) });
  await file.close();
  await writeSafetensors(path, change(tensors));
}

const keys = async (path = folder) => {
  const file = await SafetensorsFile.open(join(path, 'adapter_model.safetensors'));
  await file.close();
  return [...file.entries.keys()];
};

const loaded = async (model?: string, head?: Head) => loadAdapter(await load(model, head), folder);

describe('an adapter of the bare model', () => {
  test.each([['tiny-bert', 'bert.', CLASSES], ['tiny-llama', 'model.', { kind: 'causal-lm' }], ['tiny-gpt2', 'transformer.', { kind: 'causal-lm' }]] as const)('goes below the head of %s, and is saved under the names that it has', async (model, prefix, head) => {
    const expected = await saved(loraConfig({ r: 2, bias: 'lora_only', target_modules: '.*(query|[qc]_(proj|attn))' }), model, head);
    await rewrite((tensors) => tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(`base_model.model.${prefix}`, 'base_model.model.') })));
    await reconfigure({ task_type: 'FEATURE_EXTRACTION', target_modules: '(?!bert|model|transformer).*(query|[qc]_(proj|attn))' });
    const peft = await loaded(model, head);
    expect(logitsOf(peft)).toEqual(expected);
    const names = await keys();
    await saveAdapter(peft, join(folder, 'again'));
    expect((await keys(join(folder, 'again'))).sort()).toEqual(names.sort());
    peft.dispose();
  });
});

describe('a finished adapter', () => {
  test.each([
    { init_lora_weights: 'eva', eva_config: { rho: 2, tau: 0.99 } },
    { init_lora_weights: 'lora_ga', lora_ga_config: { direction: 'ArB2r', scale: 'stable' } },
    { init_lora_weights: 'mica' },
    { init_lora_weights: 'orthogonal' }, // of an odd rank
  ])('computes the same however it started: %j', async (start) => {
    const expected = await saved(loraConfig({ r: 3 }));
    await reconfigure(start);
    const peft = await loaded();
    expect(logitsOf(peft)).toEqual(expected);
    await saveAdapter(peft, join(folder, 'again'));
    expect(JSON.parse(await readFile(join(folder, 'again', 'adapter_config.json'), 'utf8'))).toMatchObject({ init_lora_weights: start.init_lora_weights });
    peft.dispose();
  });

  test('of DoRA needs no norms of the base to be read', async () => {
    const expected = await saved(loraConfig({ r: 2, use_dora: true }));
    const peft = await loaded();
    expect(logitsOf(peft, true)).toEqual(expected);
  });
});

const LORA = loraConfig({ r: 2 });

describe('refused in one line, before memory is taken, and nothing leaks:', () => {
  test.each<[string, AdapterConfigInput, object, string]>([
    ['a rank that no file has', LORA, { r: 1e9 }, 'the adapter that is described is larger than'],
    ['a rank beyond all numbers', LORA, { r: 1e15 }, '"r": 1000000000000000, expected a whole number from 1 up to 2147483647'],
    ['a rank that would take minutes to start', LORA, { r: 200_000, init_lora_weights: 'orthogonal' }, 'the adapter that is described is larger than'],
    ['a rank of one layer', LORA, { rank_pattern: { query: 1e9 } }, 'is larger than'],
    ['another rank', LORA, { r: 4 }, 'has shape [2, 32], this model and configuration make it [4, 32]'],
    ['a negative rank', LORA, { rank_pattern: { query: -1 } }, 'expected an object of at most 2000 whole numbers from 1 up'],
    ['an alpha beyond float32', LORA, { lora_alpha: 1e308 }, '"lora_alpha": 1e+308, expected a number above 0 that float32 holds'],
    ['a pattern that goes back for ever', LORA, { target_modules: '([a-z.0-9]+)+!' }, 'matched none of'],
    ['a pattern of ranks that goes back', LORA, { alpha_pattern: { '(a': 1 } }, 'alpha_pattern "(a" is no regular expression'],
    ['a list without end', LORA, { target_modules: Array.from({ length: 200_000 }, (_, index) => `a${index}`) }, 'expected a string or a list of at most 100000 strings'],
    ['many lists of layers', LORA, { layers_to_transform: [0], layers_pattern: Array.from({ length: 1000 }, (_, index) => `a${index}`) }, 'expected a string or a list of at most 100 strings'],
    ['a method with a name that is none', LORA, { peft_type: { toString: 1 } }, 'peft_type an object is not supported'],
    ['tokens without end', { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2 }, { num_virtual_tokens: 1e9 }, 'is larger than'],
    ['a prefix without end', { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2 }, { num_virtual_tokens: 5e8 }, 'is larger than'],
    ['a bottleneck without end', { peft_type: 'BOTTLENECK' }, { reduction_factor: 1e-30 }, 'is larger than'],
    ['a rank of AdaLoRA', { peft_type: 'ADALORA', total_step: 9 }, { init_r: 1e9 }, 'is larger than'],
  ])('%s', async (_, config, change, message) => {
    await saved(config);
    await reconfigure(change);
    const base = await load();
    const before = tf.memory().numTensors;
    const error: unknown = await loadAdapter(base, folder).catch((problem: unknown) => problem);
    expect(UnmaskError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain(message);
    expect(tf.memory().numTensors).toBe(before);
    base.model.dispose();
  });

  test('a fresh adapter that is far larger than its model', async () => {
    const base = await load();
    expect(() => getPeftModel(base, loraConfig({ r: 1e9 }))).toThrow('the adapter that is described is larger than');
    base.model.dispose();
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['a pickle', () => rm(join(folder, 'adapter_model.safetensors')).then(() => writeFile(join(folder, 'adapter_model.bin'), '')), 'holds adapter_model.bin, a pickle that can run code when it is read: load it in Python with PEFT and save it again'],
    ['no weights', () => rm(join(folder, 'adapter_model.safetensors')), 'adapter_model.safetensors (ENOENT)'],
    ['no configuration', () => rm(join(folder, 'adapter_config.json')), "has no adapter_config.json: is it an adapter's folder?"],
    ['a folder for a file', () => rm(join(folder, 'adapter_config.json')).then(() => mkdir(join(folder, 'adapter_config.json'))), 'adapter_config.json is no file'],
    ['a deep field', () => writeFile(join(folder, 'adapter_config.json'), `{"peft_type": "LORA", "extra": ${'['.repeat(50_000)}1${']'.repeat(50_000)}}`), '"extra": a list of 1, which is not supported'],
    ['a list for a configuration', () => writeFile(join(folder, 'adapter_config.json'), '[1]'), 'is no valid JSON object'],
    ['no method', () => writeFile(join(folder, 'adapter_config.json'), '{}'), 'has no peft_type'],
    ['a tensor of another model', () => rewrite((tensors) => [...tensors, { name: 'base_model.model.other.weight', dtype: 'F32', shape: [1], data: new Float32Array(1) }]), 'which has no place in this model'],
    ['other values of the base', () => rewrite((tensors) => [...tensors, { name: 'base_model.model.bert.pooler.dense.bias', dtype: 'F32', shape: [32], data: new Float32Array(32).fill(9) }]), 'was trained on other values of "bert.pooler.dense.bias"'],
  ])('%s', async (_, damage, message) => {
    await saved(LORA);
    await damage();
    await expect(loaded()).rejects.toThrow(message);
  });
});

test('words and heads that PEFT saves beside an adapter of one of them are those of the base, under any of their names', async () => {
  const head = { kind: 'causal-lm' } as const;
  const expected = await saved(loraConfig({ r: 2, target_modules: ['q_proj', 'lm_head'], layers_to_transform: [0] }), 'tiny-llama', head);
  const { model } = await load('tiny-llama', head);
  const words = model.namedParameters().find(([name]) => name === 'model.embed_tokens.weight')![1];
  const copies = ['model.embed_tokens.weight', 'lm_head.weight'].map((name): WritableTensor => ({ name: `base_model.model.${name}`, dtype: 'F32', shape: words.shape, data: words.read().slice() }));
  await rewrite((tensors) => [...tensors, ...copies]);
  const peft = await loaded('tiny-llama', head);
  expect(logitsOf(peft, true)).toEqual(expected);
  model.dispose();
});

describe('getPeftModel', () => {
  test('takes what loadModel gave, or the model in it, and says what it wants', async () => {
    const [given, alone] = [await load(), await load()];
    const [one, other] = [getPeftModel(given, LORA), getPeftModel(alone.model, LORA)];
    expect(logitsOf(one)).toEqual(logitsOf(other));
    expect(() => getPeftModel(one, LORA)).toThrow('has adapters already: add another one with its addAdapter');
    for (const wrong of ['a folder', null, { model: 1 }, { ...given, model: 'x' }]) expect(() => getPeftModel(wrong as unknown as PeftModel, LORA)).toThrow('give what loadPretrained or loadModel gave');
    for (const model of [one, other]) model.dispose();
  });

  test('is typed by the method', () => {
    // @ts-expect-error: no field of LoRA
    expect(loraConfig({ rank: 'eight' })).toEqual({ peft_type: 'LORA', rank: 'eight' });
    // @ts-expect-error: a rank is a number
    expect(loraConfig({ r: 'eight' })).toEqual({ peft_type: 'LORA', r: 'eight' });
    // @ts-expect-error: a field of AdaLoRA
    const other: AdapterConfigInput = { peft_type: 'LORA', init_r: 8 };
    expect(other.peft_type).toBe('LORA');
  });
});
