import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { classFields, copyCompanions, makeFolder } from './index.js';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-folder-'));
  out = join(folder, 'deep', 'out');
});
afterEach(() => rm(folder, { recursive: true }));

test('a folder appears when it is complete, also in place of an empty one', async () => {
  for (const prepare of [() => undefined, () => mkdir(out, { recursive: true })]) {
    await prepare();
    const result = await makeFolder(out, async (temporary) => {
      await writeFile(join(temporary, 'a'), 'text');
      expect(await readdir(out).catch(() => [])).toEqual([]);
      return 7;
    });
    expect([result, await readFile(join(out, 'a'), 'utf8'), await readdir(join(folder, 'deep'))]).toEqual([7, 'text', ['out']]);
    await rm(out, { recursive: true });
  }
});

test('what fails leaves nothing', async () => {
  const fill = async (temporary: string) => {
    await writeFile(join(temporary, 'a'), '');
    throw new Error('full');
  };
  await expect(makeFolder(out, fill)).rejects.toThrow('full');
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('what is there stays', async () => {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'a'), '');
  const fill = () => Promise.reject(new Error('not reached'));
  await expect(makeFolder(out, fill)).rejects.toThrow(/out is there already, and not an empty folder: delete it, or give another folder$/);
  await expect(makeFolder(join(out, 'a'), fill)).rejects.toThrow('is there already');
});

test('the files of tokenizers and text generation are copied, and no others', async () => {
  const wanted = ['added_tokens.json', 'chat_template.jinja', 'generation_config.json', 'merges.txt', 'special_tokens_map.json', 'spiece.model', 'tokenizer.json', 'tokenizer.model', 'tokenizer_config.json', 'vocab.json', 'vocab.txt'];
  const from = join(folder, 'from');
  await mkdir(from);
  for (const name of [...wanted, 'config.json', 'model.safetensors', 'pytorch_model.bin', 'README.md']) await writeFile(join(from, name), name);
  await mkdir(out, { recursive: true });
  await copyCompanions(from, out);
  expect((await readdir(out)).sort()).toEqual(wanted);
  expect(await readFile(join(out, 'vocab.txt'), 'utf8')).toBe('vocab.txt');
});

test('classes by name or number', () => {
  expect(classFields(['no', 'yes'])).toEqual({ id2label: { 0: 'no', 1: 'yes' }, label2id: { no: 0, yes: 1 } });
  expect(classFields(2)).toEqual({ id2label: { 0: 'LABEL_0', 1: 'LABEL_1' }, label2id: { LABEL_0: 0, LABEL_1: 1 } });
  for (const labels of [0, 1.5, [], ['a', 'a']]) expect(() => classFields(labels)).toThrow(/^labels is .*: give at least one, each with a name of its own$/);
});
