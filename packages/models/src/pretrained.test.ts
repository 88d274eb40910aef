import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openCheckpoint, Random, selectBackend, tf, UnmaskError, writeSafetensors, type WritableTensor } from '@unmask/tensor-core';
import { fakeHub } from '@unmask/testing';
import { fetchFromHub, loadPretrained, Tokenizer } from './index.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/tiny-bert', import.meta.url));

let folder: string;
beforeAll(() => selectBackend('cpu'));
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'models-')), 'model');
  await mkdir(folder);
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) await cp(join(FIXTURE, name), join(folder, name));
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const load = (seed = 1, labels = 2, source = folder) => loadPretrained(source, { head: { kind: 'classification', labels }, random: new Random(seed) });

/** Rewrites the model's weights. */
async function rewrite(change: (tensors: WritableTensor[]) => WritableTensor[]): Promise<void> {
  const checkpoint = await openCheckpoint(folder);
  const tensors: WritableTensor[] = [];
  for (const [name, { shape }] of checkpoint.entries) tensors.push({ name, dtype: 'F32', shape, data: await checkpoint.readFloat32(name) });
  await checkpoint.close();
  await writeSafetensors(join(folder, 'model.safetensors'), change(tensors));
}

/** Puts another file in the place of config.json. */
async function replaceConfig(name: string, text: string): Promise<void> {
  await rm(join(folder, 'config.json'));
  await rm(join(folder, 'tokenizer.json'));
  await writeFile(join(folder, name), text);
}

async function reconfigure(change: Record<string, unknown>): Promise<void> {
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...change }));
}

describe('loadPretrained', () => {
  test('names what started afresh, and the seed decides its values', async () => {
    const [one, again, other] = [await load(1), await load(1), await load(2)];
    expect(one.newParameters).toEqual(['classifier.weight', 'classifier.bias']);
    const head = ({ model }: typeof one) => [...model.parameters().find(({ name }) => name === 'classifier.weight')!.read()];
    expect(head(one)).toEqual(head(again));
    expect(head(one)).not.toEqual(head(other));
    for (const { model } of [one, again, other]) model.dispose();
  });

  test('takes names with the prefix, heads of another size afresh, and passes over what is no weight', async () => {
    await rewrite((tensors) => [
      ...tensors.map((tensor) => ({ ...tensor, name: `bert.${tensor.name}` })),
      { name: 'classifier.weight', dtype: 'F32', shape: [5, 32], data: new Float32Array(160) },
      { name: 'classifier.bias', dtype: 'F32', shape: [5], data: new Float32Array(5) },
      { name: 'bert.embeddings.position_ids', dtype: 'U32', shape: [1], data: new Uint8Array(4) },
      { name: 'cls.seq_relationship.weight', dtype: 'F8_E5M2', shape: [3], data: new Uint8Array(3) },
      { name: 'cls.predictions.bias', dtype: 'F32', shape: [1], data: Float32Array.of(0) },
    ]);
    const { model, newParameters } = await load();
    expect(newParameters).toEqual(['classifier.weight', 'classifier.bias']);
    model.dispose();
  });

  test('a missing pooler starts afresh', async () => {
    await rewrite((tensors) => tensors.filter(({ name }) => !name.startsWith('pooler')));
    const { model, newParameters } = await load();
    expect(newParameters).toEqual(['bert.pooler.dense.weight', 'bert.pooler.dense.bias', 'classifier.weight', 'classifier.bias']);
    model.dispose();
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['missing tensors', () => rewrite((tensors) => tensors.slice(1)), /lacks 1 tensors of a bert model: bert\.[\w.]+$/],
    ['unexpected tensors', () => rewrite((tensors) => [...tensors, { name: 'odd', dtype: 'F32', shape: [1], data: Float32Array.of(0) }]), /holds 1 tensors that a bert model has no place for: odd$/],
    ['another shape', () => reconfigure({ intermediate_size: 60 }), /tensor "[\w.]+" has shape \[64(, 32)?\], the configuration makes it \[60/],
    ['an unknown family', () => reconfigure({ model_type: 'berd' }), /model_type "berd"; supported: bert, .*; did you mean "bert"\?/],
    ['a missing field', () => reconfigure({ hidden_size: undefined }), /"hidden_size" is undefined, expected a whole number/],
    ['another activation', () => reconfigure({ hidden_act: 'prelu' }), /"hidden_act" is "prelu", expected one of gelu, /],
    ['an encoder with a decoder beside it', () => reconfigure({ is_decoder: true, add_cross_attention: true }), /"add_cross_attention" is true, but only models by themselves are supported/],
    ['a model in fewer bits', () => reconfigure({ quantization_config: { quant_method: 'bitsandbytes' } }), /holds a model in fewer bits \(quantization_config: "bitsandbytes"\), which is not supported: take the original/],
    ['weights in 8 bits', () => rewrite((tensors) => tensors.map((tensor, index) => (index === 0 ? { ...tensor, dtype: 'F8_E4M3', data: new Uint8Array((tensor.data as Float32Array).length) } : tensor))), /is of type F8_E4M3, which is not computed in: convert the model in Python/],
    ["an adapter's folder", () => replaceConfig('adapter_config.json', '{"base_model_name_or_path": "owner/base"}'), /it is an adapter's, and trains or runs with its base model alone: give that one, "owner\/base", or merge both/],
    ['an old folder of sentence-transformers', () => replaceConfig('modules.json', '[{"path": "0_Transformer"}]'), /has no config.json: it is one of sentence-transformers, whose transformer is in 0_Transformer: give .*0_Transformer$/],
    ['a model of llama.cpp', () => replaceConfig('model.gguf', ''), /it holds model.gguf, a model of llama.cpp/],
    ['heads that do not divide', () => reconfigure({ num_attention_heads: 5 }), /hidden_size 32 is no multiple of num_attention_heads 5/],
    ['a size that no memory holds', () => reconfigure({ hidden_size: 1e9 }), /is larger than the \d+ parameters of \d+ scalars in all that it may have/],
    ['a size that nothing has', () => reconfigure({ num_hidden_layers: 1e12 }), /"num_hidden_layers" is 1000000000000, expected a whole number from 1 up to 2147483647/],
    ['more layers than the checkpoint has tensors', () => reconfigure({ num_hidden_layers: 1e9 }), /is larger than the \d+ parameters/],
    ['broken JSON', () => writeFile(join(folder, 'config.json'), '{'), /config\.json is no valid JSON/],
    ['a folder for a file', () => rm(join(folder, 'config.json')).then(() => mkdir(join(folder, 'config.json'))), /config\.json is no file of at most \d+ bytes/],
    ['an endless file', () => truncate(join(folder, 'config.json'), 200_000_000), /config\.json is no file of at most \d+ bytes/],
    ['no config.json', () => rm(join(folder, 'config.json')), /has no config\.json: is it a model folder\?/],
    ['no tokenizer.json', () => rm(join(folder, 'tokenizer.json')), /has no tokenizer\.json: save it with Python/],
    ['a broken tokenizer', () => writeFile(join(folder, 'tokenizer.json'), '{}'), /tokenizer\.json: "model\.vocab" is undefined, expected a list/],
    ['a truncated checkpoint', () => truncate(join(folder, 'model.safetensors'), 50_000), /is no valid safetensors file/],
  ])('%s: one line, nothing leaks', async (_, damage, message) => {
    await damage();
    const before = tf.memory().numTensors;
    const error: unknown = await load().catch((problem: unknown) => problem);
    expect(UnmaskError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a tokenizer that is asked for by itself says what an adapter's folder is", async () => {
    await replaceConfig('adapter_config.json', '{}');
    await expect(Tokenizer.load(folder)).rejects.toThrow(/has no config.json: it is an adapter's/);
  });

  test('a name that is neither a folder nor a hub id', async () => {
    await expect(load(1, 2, './absent')).rejects.toThrow('no model folder at ./absent; give a folder in Hugging Face layout');
  });
});

describe('fetchFromHub', () => {
  const { fetch: hub, requests } = fakeHub({ 'config.json': '{"a": 1}', 'tokenizer.json': '{"t": 2}', 'model.safetensors': '0123456789', 'README.md': 'no' });
  const cacheDirectory = () => join(folder, '..', 'cache');
  const get = () => fetchFromHub('owner/name', { fetch: hub, cacheDirectory: cacheDirectory() });

  test('downloads what a model needs, once', async () => {
    const local = await get();
    expect((await readdir(local)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(await readFile(join(local, 'model.safetensors'), 'utf8')).toBe('0123456789');
    requests.length = 0;
    await get();
    expect(requests).toEqual([]);
  });

  test('offline it takes what is there, or says so', async () => {
    process.env.HF_HUB_OFFLINE = '1';
    try {
      await expect(get()).rejects.toThrow('HF_HUB_OFFLINE=1 forbids downloads');
      delete process.env.HF_HUB_OFFLINE;
      await get();
      process.env.HF_HUB_OFFLINE = '1';
      expect(await readdir(await get())).toContain('config.json');
    } finally {
      delete process.env.HF_HUB_OFFLINE;
    }
  });

  test('a hub that does not answer gives one line', async () => {
    const broken: typeof fetch = () => Promise.reject(new TypeError('fetch failed'));
    await expect(fetchFromHub('owner/name', { fetch: broken, cacheDirectory: cacheDirectory() })).rejects.toThrow('cannot download owner/name from the hub (fetch failed)');
  });
});
