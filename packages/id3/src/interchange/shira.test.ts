import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openCheckpoint, Parameter, SafetensorsFile, selectBackend, tf } from '@unmask/tensor-core';
import { applyDelta, loadDelta, saveShira, type Delta, type ShiraOptions } from '../index.js';

// The adapter that PEFT itself saved for the delta; tools/reference/shira.py made it, and checked its logits.
const FIXTURE = fileURLToPath(new URL('../../fixtures/shira', import.meta.url));
const BASE = fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url));
const MODULE = 'base_model.model.bert.encoder.layer.1.attention.self.value';

let folder: string;
beforeAll(() => selectBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shira-'));
});
afterEach(() => rm(folder, { recursive: true }));

function parameter(name: string, shape: number[], values?: Float32Array): Parameter {
  return Object.assign(new Parameter(shape, values), { name });
}

async function tinyBert(): Promise<Parameter[]> {
  const checkpoint = await openCheckpoint(BASE);
  const parameters = [parameter('classifier.weight', [2, 32]), parameter('classifier.bias', [2])];
  for (const [name, { shape }] of checkpoint.entries) parameters.push(parameter(`bert.${name}`, [...shape], await checkpoint.readFloat32(name)));
  await checkpoint.close();
  return parameters;
}

/** Every tensor of an adapter: type, shape and bits. */
async function tensorsOf(adapter: string) {
  const file = await SafetensorsFile.open(join(adapter, 'adapter_model.safetensors'));
  const tensors: Record<string, { dtype: string; shape: readonly number[]; data: Int32Array }> = {};
  for (const [name, { dtype, shape }] of file.entries) {
    const data = dtype === 'I32' ? await file.readInt32(name) : new Int32Array((await file.readFloat32(name)).buffer);
    tensors[name] = { dtype, shape, data };
  }
  await file.close();
  return { tensors, metadata: file.metadata };
}

type Config = Record<string, unknown> & { modules_to_save: string[]; target_modules: string[] };
const configOf = async (adapter: string) => JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8')) as Config;

describe('against PEFT', () => {
  test('writes the tensors and the config that PEFT saves', async () => {
    const [base, delta] = [await tinyBert(), await loadDelta(join(FIXTURE, 'delta.safetensors'))];
    const numTensors = tf.memory().numTensors;
    const summary = await saveShira(folder, delta, { base, taskType: 'SEQ_CLS', baseModel: 'packages/models/fixtures/tiny-bert' });
    expect(tf.memory().numTensors).toBe(numTensors);
    const [ours, theirs] = [await configOf(folder), await configOf(FIXTURE)];
    expect(await tensorsOf(folder)).toEqual(await tensorsOf(FIXTURE));
    expect((await readdir(folder)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);

    const { peft_version, ...rest } = theirs;
    expect(peft_version).toMatch(/^0\.21\./);
    // PEFT puts the heads of the task into its list again, and keeps targets as a set.
    const modules = [...new Set(theirs.modules_to_save)].filter((name) => name !== 'score');
    expect({ ...ours, target_modules: [...ours.target_modules].sort() }).toEqual({ ...rest, modules_to_save: modules, target_modules: theirs.target_modules.sort() });
    expect(summary).toMatchObject({ rank: 2, targetModules: ours.target_modules, modulesToSave: modules, padding: 640 - 462 });
    base.forEach((each) => each.dispose());
  });

  test('what PEFT adds up is the trained weight, to rounding', async () => {
    const [base, delta] = [await tinyBert(), await loadDelta(join(FIXTURE, 'delta.safetensors'))];
    const { targetModules, inexact } = await saveShira(folder, delta, { base });
    const { tensors } = await tensorsOf(FIXTURE);
    const former = new Map(base.map((each) => [each.name, each.read().slice()]));
    applyDelta(base, delta);
    let differing = 0;
    for (const module of targetModules) {
      const [weight, trained] = [former.get(`${module}.weight`)!, base.find(({ name }) => name === `${module}.weight`)!];
      const key = `base_model.model.${module}`;
      const { shape: [, count], data: indices } = tensors[`${key}.shira_indices`];
      const sums = weight.slice();
      new Float32Array(tensors[`${key}.shira_weight`].data.buffer).forEach((difference, at) => (sums[indices[at] * trained.shape[1] + indices[count + at]] += difference));
      trained.read().forEach((value, at) => {
        expect(Math.abs(sums[at] - value)).toBeLessThanOrEqual(2 ** -24 * (Math.abs(value - weight[at]) + Math.abs(value)));
        if (sums[at] !== value) differing++;
      });
    }
    expect(differing).toBe(inexact);
    expect(inexact).toBeGreaterThan(0);
    base.forEach((each) => each.dispose());
  });

  test('in place, a bias takes no layer with it', async () => {
    const [base, loaded] = [await tinyBert(), await loadDelta(join(FIXTURE, 'delta.safetensors'))];
    const only = (name: string) => name.includes('1.attention.self.value.');
    const delta = { entries: loaded.entries.filter(({ name }) => only(name)), dense: [] };
    await expect(saveShira(folder, delta, { base })).rejects.toMatchObject({ name: 'UnmaskError', code: 'unsupported' });
    expect(await readdir(folder)).toEqual([]);
    const summary = await saveShira(folder, delta, { base, biases: 'in-place' });
    expect(summary).toMatchObject({ rank: 1, targetModules: [MODULE.replace('base_model.model.', '')], modulesToSave: [], padding: 59 });
    const { tensors } = await tensorsOf(folder);
    expect(Object.keys(tensors)).toEqual([`${MODULE}.shira_indices`, `${MODULE}.shira_weight`, `${MODULE}.base_layer.bias`]);
    applyDelta(base, delta);
    const bias = base.find(({ name }) => name.endsWith('1.attention.self.value.bias'))!;
    expect(new Float32Array(tensors[`${MODULE}.base_layer.bias`].data.buffer)).toEqual(bias.read());
    expect(await configOf(folder)).toMatchObject({ modules_to_save: null, task_type: null, base_model_name_or_path: null });
    base.forEach((each) => each.dispose());
  });
});

describe('plans', () => {
  const base = () => [
    parameter('a.weight', [32, 32]), parameter('a.bias', [32]), parameter('b.weight', [32, 32]), parameter('b.bias', [32]),
    parameter('classifier.dense.weight', [32, 32]), parameter('classifier.out.weight', [2, 32]), parameter('my_classifier.weight', [2, 32]),
    parameter('wte.weight', [32, 32]), parameter('scale', [1]),
  ];
  const some = (name: string, shape: number[], count: number) => ({ name, shape, indices: Int32Array.from({ length: count }, (_, at) => at + 1), values: new Float32Array(count).fill(0.5) });
  const save = (delta: Partial<Delta>, options: Partial<ShiraOptions> = {}) => saveShira(folder, { entries: [], dense: [], ...delta }, { base: base(), ...options });
  const square = [32, 32];

  test('one rank for all, and whole what is too dense for it', async () => {
    expect(await save({ entries: [some('a.weight', square, 65), some('b.weight', square, 1)] })).toMatchObject({ rank: 2, targetModules: ['a', 'b'], padding: 190, inexact: 0 });
    expect(await save({ entries: [some('a.weight', square, 400), some('b.weight', square, 1)] })).toMatchObject({ rank: 1, targetModules: ['b'], modulesToSave: ['a'], padding: 63 });
    const { tensors } = await tensorsOf(folder);
    expect(Object.keys(tensors).slice(2)).toEqual(['base_model.model.a.weight', 'base_model.model.a.bias']);
    expect([...tensors['base_model.model.b.shira_indices'].data].slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect([...new Float32Array(tensors['base_model.model.b.shira_weight'].data.buffer)].slice(0, 3)).toEqual([0, 0.5, 0]);
  });

  test("heads of the task are whole, with every module whose name ends like theirs, as PEFT's rule is", async () => {
    const entries = [some('a.weight', square, 3), some('classifier.dense.weight', square, 2)];
    expect(await save({ entries }, { taskType: 'TOKEN_CLS' })).toMatchObject({ targetModules: ['a'], modulesToSave: ['classifier', 'my_classifier'] });
    expect(Object.keys((await tensorsOf(folder)).tensors)).toHaveLength(5);
    expect(await save({ entries })).toMatchObject({ targetModules: ['a', 'classifier.dense'], modulesToSave: [] });
  });

  test('only linear layers are targets', async () => {
    const entries = [some('a.weight', square, 1), some('wte.weight', square, 1)];
    expect(await save({ entries })).toMatchObject({ targetModules: ['a'], modulesToSave: ['wte'] });
    expect(await save({ entries }, { isLinear: (name) => name.startsWith('wte') })).toMatchObject({ targetModules: ['wte'], modulesToSave: ['a'] });
  });

  test.each<[string, Partial<Delta>, Partial<ShiraOptions>]>([
    ['leaves SHiRA nothing to hold', { entries: [some('a.bias', [32], 2)] }, {}],
    ['leaves SHiRA nothing to hold', { entries: [some('a.weight', square, 0)] }, {}],
    ['leaves SHiRA nothing to hold', { entries: [some('a.weight', square, 800)] }, {}],
    ['changes "scale", which lies in no module', { entries: [some('a.weight', square, 2)], dense: [{ name: 'scale', shape: [1], values: Float32Array.of(1) }] }, {}],
    ['PEFT wants a module named qa_outputs', { entries: [some('a.weight', square, 2)] }, { taskType: 'QUESTION_ANS' }],
    ['which base does not have; did you mean "a.weight"?', { entries: [some('a.wieght', square, 2)] }, {}],
    ['of shape [16, 64], base of shape [32, 32]', { entries: [some('a.weight', [16, 64], 2)] }, {}],
    ['the delta of "a.weight" has index 1024', { entries: [{ ...some('a.weight', square, 1), indices: Int32Array.of(1024) }] }, {}],
    ['base already holds the values', { entries: [{ ...some('a.weight', square, 1), values: Float32Array.of(0) }] }, {}],
  ])('refuses before it writes: %s', async (message, delta, options) => {
    await expect(save(delta, options)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  test('replaces an adapter, and leaves no temporary file', async () => {
    await cp(FIXTURE, folder, { recursive: true });
    await save({ entries: [some('a.weight', square, 2)] });
    expect((await configOf(folder)).target_modules).toEqual(['a']);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
