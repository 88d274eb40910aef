import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openCheckpoint, Parameter, selectBackend, writeSafetensors, type WritableTensor } from '@unmask/tensor-core';
import { applyDelta, loadDelta, mergeDelta, saveDelta, type Delta, type MergeOptions } from '../index.js';

const TINY_BERT = fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url));
const DELTA = fileURLToPath(new URL('../../fixtures/shira/delta.safetensors', import.meta.url));

let folder: string;
let base: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'merge-'));
  [base, out] = [join(folder, 'base'), join(folder, 'out')];
  await mkdir(base);
});
afterEach(() => rm(folder, { recursive: true }));

/** Type, shape and bytes of every tensor of a checkpoint. */
async function tensorsOf(path: string): Promise<Record<string, { dtype: string; shape: readonly number[]; bytes: number[] }>> {
  const checkpoint = await openCheckpoint(path);
  const tensors: Awaited<ReturnType<typeof tensorsOf>> = {};
  for (const [name, { dtype, shape }] of checkpoint.entries) tensors[name] = { dtype, shape, bytes: [...(await checkpoint.readBytes(name))] };
  await checkpoint.close();
  return tensors;
}
const parameter = (name: string, shape: readonly number[], values?: Float32Array) => Object.assign(new Parameter(shape, values), { name });
const floats = (shape: readonly number[], ...values: number[]) => ({ dtype: 'F32', shape, bytes: [...new Uint8Array(Float32Array.from(values).buffer)] });
const configOf = async (path: string) => JSON.parse(await readFile(join(path, 'config.json'), 'utf8')) as Record<string, unknown>;

test('a bare BERT becomes a classifier: names, values and the head are those of the trained model', async () => {
  await selectBackend('cpu');
  const summary = await mergeDelta({ base: TINY_BERT, delta: DELTA, out, architectures: ['BertForSequenceClassification'], labels: ['no', 'yes'] });

  const checkpoint = await openCheckpoint(TINY_BERT);
  const parameters = [parameter('classifier.weight', [2, 32]), parameter('classifier.bias', [2])];
  for (const [name, { shape }] of checkpoint.entries) parameters.push(parameter(`bert.${name}`, shape, await checkpoint.readFloat32(name)));
  await checkpoint.close();
  const delta = await loadDelta(DELTA);
  applyDelta(parameters, delta);
  expect(await tensorsOf(out)).toEqual(Object.fromEntries(parameters.map((each) => [each.name, floats(each.shape, ...each.read())])));
  parameters.forEach((each) => each.dispose());

  expect(summary).toEqual({
    tensors: 41, changed: expect.arrayContaining(delta.entries.map(({ name }) => name)), added: ['classifier.bias', 'classifier.weight'],
    files: ['config.json', 'model.safetensors', 'tokenizer.json'],
  });
  expect(await configOf(out)).toEqual({
    ...(await configOf(TINY_BERT)), dtype: 'float32', architectures: ['BertForSequenceClassification'], id2label: { 0: 'no', 1: 'yes' }, label2id: { no: 0, yes: 1 },
  });
  expect(await readFile(join(out, 'tokenizer.json'))).toEqual(await readFile(join(TINY_BERT, 'tokenizer.json')));
  expect(await readdir(folder)).toEqual(['base', 'out']);
});

const HALF: WritableTensor[] = [
  { name: 'net.a', dtype: 'BF16', shape: [2, 2], data: new Uint8Array(Uint16Array.of(0x3f80, 0x8000, 0x4000, 0xc040).buffer) }, // 1, -0, 2, -3
  { name: 'net.ids', dtype: 'I64', shape: [1], data: Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 128) },
];
const SINGLE: WritableTensor[] = [
  { name: 'classifier.weight', dtype: 'F32', shape: [3, 2], data: new Float32Array(6) },
  { name: 'cls.extra', dtype: 'F32', shape: [1], data: Float32Array.of(1e-42) },
];
const MADE: Delta = {
  entries: [{ name: 'net.a', shape: [2, 2], indices: Int32Array.of(0, 3), values: Float32Array.of(1.0000001, -1e-40) }],
  dense: [{ name: 'classifier.weight', shape: [1, 2], values: Float32Array.of(7, 8) }],
};

/** Two shards of different types. */
async function shards(): Promise<void> {
  await writeSafetensors(join(base, 'm-1.safetensors'), HALF);
  await writeSafetensors(join(base, 'm-2.safetensors'), SINGLE);
  const map = Object.fromEntries([...HALF.map(({ name }) => [name, 'm-1.safetensors']), ...SINGLE.map(({ name }) => [name, 'm-2.safetensors'])] as [string, string][]);
  await writeFile(join(base, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  await writeFile(join(base, 'config.json'), '{"torch_dtype":"bfloat16","id2label":{"0":"x"}}');
  for (const name of ['vocab.txt', 'special_tokens_map.json', 'README.md', 'pytorch_model.bin']) await writeFile(join(base, name), name);
}

const MERGED = {
  'net.a': floats([2, 2], 1.0000001, -0, 2, -1e-40),
  'net.ids': { dtype: 'I64', shape: [1], bytes: [5, 0, 0, 0, 0, 0, 0, 128] },
  'classifier.weight': floats([1, 2], 7, 8),
  'cls.extra': floats([1], 1e-42),
};

describe('of shards in other types', () => {
  test('floats become float32, others stay; a head of another size is replaced; an empty folder is used', async () => {
    await shards();
    await mkdir(out);
    const summary = await mergeDelta({ base, delta: MADE, out, labels: 1 });
    expect(await tensorsOf(out)).toEqual(MERGED);
    expect(await configOf(out)).toEqual({ torch_dtype: 'float32', dtype: 'float32', id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } });
    expect(summary).toEqual({
      tensors: 4, changed: ['net.a', 'classifier.weight'], added: [], files: ['config.json', 'model.safetensors', 'special_tokens_map.json', 'vocab.txt'],
    });
  });

  test('by the path of the index, or of one file; rename decides on names', async () => {
    await shards();
    await mergeDelta({ base: join(base, 'model.safetensors.index.json'), delta: MADE, out });
    expect(await tensorsOf(out)).toEqual(MERGED);
    const other = join(folder, 'new', 'other');
    const rename = (name: string) => (name === 'net.ids' ? undefined : name.replace('net', 'body'));
    const summary = await mergeDelta({ base: join(base, 'm-1.safetensors'), delta: { entries: [], dense: MADE.dense }, out: other, rename });
    expect(summary).toMatchObject({ tensors: 2, changed: [], added: ['classifier.weight'] });
    expect(Object.keys(await tensorsOf(other))).toEqual(['body.a', 'classifier.weight']);
  });
});

describe('refuses, and leaves nothing behind', () => {
  const [entries, dense] = [MADE.entries[0], MADE.dense[0]];
  test.each<[string, Partial<MergeOptions>]>([
    ['base is there already, and not an empty folder', { out: 'base' }],
    ['the delta changes entries of "net.b", and the base does not have the others', { delta: { entries: [entries, { ...entries, name: 'net.b' }], dense: [] } }],
    ['"net.a" of shape [4], the base "net.a" of shape [2, 2]', { delta: { entries: [{ ...entries, shape: [4] }], dense: [] } }],
    ['"classifier.weight" of shape [2, 1], the base', { delta: { entries: [], dense: [{ ...dense, shape: [2, 1] }] } }],
    ['"net.ids" as I64, whose entries cannot be replaced', { delta: { entries: [{ name: 'net.ids', shape: [1], indices: Int32Array.of(0), values: Float32Array.of(1) }], dense: [] } }],
    ['the delta of "net.a" has index 4', { delta: { entries: [{ ...entries, indices: Int32Array.of(0, 4) }], dense: [] } }],
    ['the delta has two parts for "net.a"', { delta: { entries: [entries, entries], dense: [] } }],
    ['no parameter of the delta is in the base', { delta: { entries: [], dense: [{ ...dense, name: 'score' }] } }],
    ['others with my. before them', { delta: { entries: [entries, { ...entries, name: 'my.net.a' }], dense: [] } }],
    ['would both be named "x"', { rename: () => 'x' }],
    ['labels is ["a","a"]', { labels: ['a', 'a'] }],
    ['labels is 1.5', { labels: 1.5 }],
    ['cannot open', { delta: 'absent.safetensors' }],
    ['cannot read the model folder', { base: 'absent' }],
  ])('%s', async (message, { out: name, ...change }) => {
    await shards();
    const options = { base, delta: MADE, out: name === undefined ? out : join(folder, name), ...change };
    await expect(mergeDelta(options)).rejects.toThrow(message);
    await expect(mergeDelta(options)).rejects.toMatchObject({ name: 'UnmaskError' });
    expect(await readdir(folder)).toEqual(['base']);
  });

  test('a base without config.json, and a file cut off under way', async () => {
    await shards();
    await saveDelta(join(folder, 'delta'), MADE);
    await writeFile(join(base, 'config.json'), '[]');
    await expect(mergeDelta({ base, delta: join(folder, 'delta'), out })).rejects.toMatchObject({ code: 'bad-file' });
    await rm(join(base, 'config.json'));
    await expect(mergeDelta({ base, delta: join(folder, 'delta'), out })).rejects.toThrow('has no config.json');
    await writeFile(join(base, 'config.json'), '{}');
    await writeFile(join(base, 'tokenizer.json'), '');
    await rm(join(base, 'vocab.txt'));
    await mkdir(join(base, 'vocab.txt')); // what cannot be copied
    await expect(mergeDelta({ base, delta: join(folder, 'delta'), out })).rejects.toThrow();
    expect((await readdir(folder)).sort()).toEqual(['base', 'delta']);
  });
});
