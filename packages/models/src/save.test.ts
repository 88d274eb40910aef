import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { describeEngines } from '@unmask/testing';
import { familyOf, loadModel, loadPretrained, savePretrained, type Head, type HeadKind, type LoadedModel } from './index.js';

/** Every family that has a fixture, with every head. */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const names = (await readdir(FIXTURES)).filter((name) => name.startsWith('tiny-'));
const configOf = async (path: string) => JSON.parse(await readFile(join(path, 'config.json'), 'utf8')) as Record<string, unknown>;
const families = await Promise.all(names.map(async (name) => ({ name, source: join(FIXTURES, name), family: familyOf(await configOf(join(FIXTURES, name))) })));
const cases = families.flatMap(({ family, ...each }) => family.headKinds.map((kind) => ({ ...each, family, kind })));

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'save-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true }));

const headOf = (kind: HeadKind): Head => (kind.endsWith('classification') ? { kind, labels: 3 } : { kind }) as Head;
const load = (source: string, head: Head) => loadModel(source, { head, random: new Random(1) });

/** Moves every value, so that none is what a fresh model has. */
function change({ model }: LoadedModel): void {
  const random = new Random(2);
  for (const parameter of model.parameters()) parameter.modify((values) => values.forEach((_, index) => (values[index] += 0.1 * random.normal())));
}

const logitsOf = ({ model }: LoadedModel) =>
  tf.tidy(() => {
    const inputIds = tf.tensor2d([[5, 9, 7, 0]], undefined, 'int32');
    const attentionMask = tf.tensor2d([[1, 1, 1, 0]], undefined, 'int32');
    return [...model.forward({ inputIds, attentionMask, tokenTypeIds: tf.zerosLike(inputIds) }).dataSync()];
  });

/** The bytes of every value. */
const bytesOf = ({ model }: LoadedModel) => Buffer.concat(model.parameters().map((parameter) => Buffer.from(parameter.read().slice().buffer)));

describeEngines('savePretrained', () => {
  test.each(cases)('$name with a $kind head: loaded again it has the same bits', async ({ source, kind }) => {
    const saved = await load(source, headOf(kind));
    change(saved);
    const before = tf.memory().numTensors;
    await savePretrained(saved.model, out, saved);
    expect(tf.memory().numTensors).toBe(before);
    const loaded = await load(out, headOf(kind));
    expect(loaded.newParameters).toEqual([]);
    expect(bytesOf(loaded).equals(bytesOf(saved))).toBe(true);
    expect(logitsOf(loaded)).toEqual(logitsOf(saved));
    for (const { model } of [saved, loaded]) model.dispose();
  });
});

describe('a saved model', () => {
  beforeAll(() => selectBackend('cpu'));

  test.each(cases)('$name with a $kind head: config.json says what it is', async ({ source, family, kind }) => {
    const saved = await load(source, headOf(kind));
    await savePretrained(saved.model, out, { ...saved, config: { ...saved.config, num_labels: 7, id2label: { 0: 'old' }, label2id: { old: 0 }, torch_dtype: 'float16', problem_type: 'regression' } });
    saved.model.dispose();
    const three = { id2label: { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' }, label2id: { LABEL_0: 0, LABEL_1: 1, LABEL_2: 2 } };
    const ofHead: Readonly<Partial<Record<HeadKind, Readonly<Record<string, unknown>>>>> = {
      classification: { ...three, problem_type: 'single_label_classification' },
      regression: { id2label: { 0: 'old' }, label2id: { old: 0 }, problem_type: 'regression' },
      'token-classification': three,
    };
    const found = await configOf(out);
    expect(found.problem_type).toBe(ofHead[kind]?.problem_type);
    expect({ problem_type: null, ...found }).toEqual({ ...saved.config, architectures: [family.architecture(kind)], torch_dtype: 'float32', dtype: 'float32', ...ofHead[kind] });
  });
});

describe('of tiny-bert', () => {
  const source = join(FIXTURES, 'tiny-bert');
  beforeAll(() => selectBackend('cpu'));

  test('the tokenizer comes along, and the file says that it holds PyTorch names', async () => {
    const saved = await load(source, headOf('classification'));
    await savePretrained(saved.model, out, saved);
    saved.model.dispose();
    expect((await readdir(out)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(await readdir(folder)).toEqual(['out']);
    expect((await readFile(join(out, 'model.safetensors'))).subarray(8, 40).toString()).toContain('{"__metadata__":{"format":"pt"}');
    const { model, tokenizer } = await loadPretrained(out, { head: headOf('classification'), random: new Random(1) });
    expect([...tokenizer.encodeBatch([['the cat']], { maxLength: 8 }).inputIds]).toEqual([2, 59, 60, 3]);
    model.dispose();
  });

  test('in bfloat16 it takes half the bytes, and each weight is the nearest that there is', async () => {
    const saved = await load(source, headOf('classification'));
    change(saved);
    await savePretrained(saved.model, out, saved, { dtype: 'bfloat16' });
    await savePretrained(saved.model, join(folder, 'full'), saved);
    expect(await configOf(out)).toMatchObject({ dtype: 'bfloat16' });
    const [half, full] = await Promise.all([out, join(folder, 'full')].map(async (path) => (await stat(join(path, 'model.safetensors'))).size));
    expect(half / full).toBeLessThan(0.55);
    const loaded = await load(out, headOf('classification'));
    const [before, after] = [saved, loaded].map(({ model }) => model.parameters().flatMap((parameter) => [...parameter.read()]));
    after.forEach((value, index) => expect(Math.abs(value - before[index])).toBeLessThanOrEqual(Math.abs(before[index]) * 2 ** -8));
    for (const { model } of [saved, loaded]) model.dispose();
  });

  test('names of classes stay where they are as many as the classes', async () => {
    const saved = await load(source, headOf('classification'));
    const id2label = { 0: 'no', 1: 'maybe', 2: 'yes' };
    await savePretrained(saved.model, out, { ...saved, config: { ...saved.config, id2label } });
    expect(await configOf(out)).toMatchObject({ id2label, label2id: { no: 0, maybe: 1, yes: 2 } });
    saved.model.dispose();
  });

  test('a folder with something in it is refused; what fails leaves nothing', async () => {
    const saved = await load(source, headOf('classification'));
    await mkdir(out);
    await writeFile(join(out, 'mine'), '');
    await expect(savePretrained(saved.model, out, saved)).rejects.toThrow('is there already, and not an empty folder: delete it, or give another folder');
    await expect(savePretrained(saved.model, join(folder, 'other'), { ...saved, folder: join(folder, 'absent') })).rejects.toThrow('ENOENT');
    await expect(savePretrained(saved.model, join(folder, 'other'), { ...saved, head: { kind: 'causal-lm' } })).rejects.toThrow('a bert model has no causal-lm head');
    expect([await readdir(folder), await readdir(out)]).toEqual([['out'], ['mine']]);
    saved.model.dispose();
  });
});
