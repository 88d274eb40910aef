import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { SafetensorsFile, writeSafetensors, type Parameter, type WritableTensor } from '@unmask/tensor-core';
import { bitsOf, randomParameters, sendRandomGradients } from '@unmask/testing';
import { loadTrainingState, repeat, saveTrainingState, selective, uniform, type SelectiveOptions, type SelectiveTraining, type TrainingState } from '../index.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'));
  path = join(folder, 'state.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const STEPS = 6;
const SHAPES = [[5, 4], [4], [3, 6]];
const model = () => randomParameters(SHAPES, 2);
const DEFAULTS: SelectiveOptions = { metric: d3(), schedule: uniform({ budget: 18, steps: STEPS }), dense: ({ name }) => name === 'p1.weight' };
function trainStep(training: SelectiveTraining, parameters: Parameter[], step: number): void {
  sendRandomGradients(training.sink, parameters, `step ${step}`);
  training.step(0.01);
}

test.each<[string, Partial<SelectiveOptions>]>([
  ['a growing mask', {}],
  ['no ages', { biasCorrection: 'global' }],
  ['a mask that is renewed', { schedule: repeat({ budget: 9 }) }],
])('a run goes on from a file bit for bit: %s', async (_, options) => {
  const strategy = selective(adamw(), { ...DEFAULTS, ...options });
  const whole = model();
  const training = strategy.bind(whole);
  const paths = [];
  for (let step = 0; step <= STEPS; step++) {
    if (step > 0) trainStep(training, whole, step);
    paths.push(join(folder, `${step}`));
    await saveTrainingState(paths[step], training.state(), { epoch: step, note: null });
  }
  for (const [done, file] of paths.entries()) {
    const state = await loadTrainingState(file);
    expect(state.metadata).toEqual({ epoch: `${done}` });
    const resumed = model();
    const again = strategy.bind(resumed);
    again.restore(state);
    for (let step = done + 1; step <= STEPS; step++) trainStep(again, resumed, step);
    expect(bitsOf(resumed)).toEqual(bitsOf(whole));
    expect(again.state()).toEqual(training.state());
  }
});

const STATE: TrainingState = {
  step: 3,
  gradientUpdates: 11,
  delta: {
    entries: [{ name: 'a', shape: [2, 3], indices: Int32Array.of(0, 2, 5), values: Float32Array.of(-0, 1e-40, NaN) }],
    dense: [{ name: 'head', shape: [2], values: Float32Array.of(-0, -Infinity) }],
  },
  entries: [{ name: 'a', indices: Int32Array.of(0, 5), slots: [Float32Array.of(-0, -1e-45), Float32Array.of(3, 4)], ages: Int32Array.of(3, 0) }],
  dense: [{ name: 'head', slots: [Float32Array.of(1e-42, -0), Float32Array.of(7, 8)] }],
};
const entry = STATE.entries[0];

describe('files of training states', () => {
  test('keep every bit, in equal bytes each time, and replace the former one', async () => {
    await writeFile(path, 'old');
    const extra = new Map([['adapter.step', Float32Array.of(3)], ['head', Float32Array.of(-0, 1e-45)]]);
    await saveTrainingState(path, STATE, {}, extra);
    const bytes = await readFile(path);
    expect(await loadTrainingState(path)).toEqual({ ...STATE, metadata: {}, extra });
    await saveTrainingState(path, STATE, {}, extra);
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(await readdir(folder)).toEqual(['state.safetensors']);
  });

  test.each<[string, Partial<TrainingState>]>([
    ['has no name', { delta: { ...STATE.delta, dense: [{ ...STATE.delta.dense[0], name: '' }] } }],
    ['two parameters of the optimizer state share a name', { entries: [entry, entry] }],
    ['"head" was trained in full, but has no optimizer state', { dense: [] }],
    ['"b" has optimizer state for all of it, but was not trained in full', { dense: [...STATE.dense, { ...STATE.dense[0], name: 'b' }] }],
    ['"a" has optimizer state for index 1: these indices must ascend and be among those of the delta', { entries: [{ ...entry, indices: Int32Array.of(0, 1) }] }],
    ['step -1', { step: -1 }],
    ['"head" has 1 slots, other parameters 2', { dense: [{ name: 'head', slots: [Float32Array.of(1, 2)] }] }],
  ])('are not written when they do not fit together: %s', async (message, change) => {
    await expect(saveTrainingState(path, { ...STATE, ...change })).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  test('keep their own metadata keys', async () => {
    await expect(saveTrainingState(path, STATE, { state: 'x' })).rejects.toThrow('the metadata has a "state", which the file keeps for itself');
  });
});

type Tensors = Record<string, WritableTensor>;
interface Content {
  tensors: Tensors;
  metadata: Record<string, string>;
}

/** Saves STATE and gives back what is in the file. */
async function content(): Promise<Content> {
  await saveTrainingState(path, STATE);
  const file = await SafetensorsFile.open(path);
  const tensors: Tensors = {};
  for (const [name, { dtype, shape }] of file.entries) tensors[name] = { name, dtype, shape, data: await file.readBytes(name) };
  await file.close();
  return { tensors, metadata: { ...file.metadata } };
}
const integers = (...data: number[]) => ({ dtype: 'I32' as const, shape: [data.length], data: Int32Array.from(data) });
const put = (name: string, change: Partial<WritableTensor>) => ({ tensors }: Content) => void (tensors[name] = { ...tensors[name], name, ...change });
const layout = (change: Record<string, unknown>) => ({ metadata }: Content) =>
  void (metadata.state = JSON.stringify({ ...(JSON.parse(metadata.state) as object), ...change }));

describe('a spoilt file is refused', () => {
  test.each(['delta.a.indices', 'delta.a.values', 'delta.head', 'optimizer.a.indices', 'optimizer.a.slot1', 'optimizer.a.ages', 'optimizer.head.slot0'])(
    'without %s, or with it of another type',
    async (name) => {
      const { tensors, metadata } = await content();
      await writeSafetensors(path, Object.values(tensors).filter((tensor) => tensor.name !== name), metadata);
      await expect(loadTrainingState(path)).rejects.toMatchObject({ code: 'bad-file', message: `${path} is no usable training state: "${name}" is missing` });
      const { dtype } = tensors[name];
      put(name, { dtype: dtype === 'I32' ? 'F32' : 'I32' })({ tensors, metadata });
      await writeSafetensors(path, Object.values(tensors), metadata);
      await expect(loadTrainingState(path)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining(`, not ${dtype}`) });
    },
  );

  test.each<[string, (content: Content) => void]>([
    ['it is a safetensors file of another kind; give one that saveTrainingState wrote', ({ metadata }) => void (metadata.format = 'unmask-delta')],
    ['it has version 2', ({ metadata }) => void (metadata.version = '2')],
    ['"state" in its metadata is not JSON', ({ metadata }) => void (metadata.state = '{')],
    ['"state" in its metadata is not JSON', ({ metadata }) => void delete metadata.state],
    ['"state" in its metadata is no JSON object', ({ metadata }) => void (metadata.state = '[]')],
    ['"state" in its metadata lacks counts', layout({ step: 1.5 })],
    ['"state" in its metadata lacks counts', layout({ ages: 1 })],
    ['"state" in its metadata lacks counts', layout({ entries: ['a', 'a'] })],
    ['"state.shapes" in its metadata is no JSON object', layout({ shapes: null })],
    ['the shape of "a" is [-1], not a list of lengths', layout({ shapes: { a: [-1] } })],
    ['"delta.b.indices" is missing', layout({ shapes: { a: [2, 3], b: [1] } })],
    ['"optimizer.a.slot2" is missing', layout({ slots: 3 })],
    ['"optimizer.a.slot1" has no place in it', layout({ slots: 1 })],
    ['"optimizer.a.ages" has no place in it', layout({ ages: false })],
    ['"more" has no place in it', put('more', integers(1))],
    ['"a" has an entry with 3 updates after 2 steps', layout({ step: 2 })],
    ['"a" has an entry with -1 updates', put('optimizer.a.ages', integers(-1, 1))],
    ['"a" has 2 indices but 1 ages', put('optimizer.a.ages', integers(1))],
    ['"a" has 2 entries but 1 numbers in slot 1', put('optimizer.a.slot1', { shape: [1], data: Float32Array.of(1) })],
    ['"head" has 2 entries but 1 numbers in slot 0', put('optimizer.head.slot0', { shape: [1], data: Float32Array.of(1) })],
    ['"a" has index 5 after 2: indices must ascend within [0, 5)', layout({ shapes: { a: [5] } })],
    ['"a" has index 2 after 2', put('delta.a.indices', integers(0, 2, 2))],
    ['"a" has index -1 after -1', put('delta.a.indices', integers(-1, 2, 5))],
    ['"a" has 4 indices but 3 values', put('delta.a.indices', integers(0, 1, 2, 5))],
    ['index 0: these indices must ascend', put('optimizer.a.indices', integers(5, 0))],
    ['index 0: these indices must ascend', put('optimizer.a.indices', integers(0, 0))],
    ['index 6: these indices must ascend and be among those of the delta', put('optimizer.a.indices', integers(0, 6))],
    ['"a" has optimizer state for entries, but the delta has none', ({ tensors, metadata }) => {
      delete tensors['delta.a.indices'];
      delete tensors['delta.a.values'];
      layout({ shapes: {} })({ tensors, metadata });
    }],
  ])('%s', async (message, spoil) => {
    const spoilt = await content();
    spoil(spoilt);
    await writeSafetensors(path, Object.values(spoilt.tensors), spoilt.metadata);
    await expect(loadTrainingState(path)).rejects.toThrow(message);
    await expect(loadTrainingState(path)).rejects.toMatchObject({ name: 'UnmaskError', code: 'bad-file', message: expect.stringContaining(path) });
  });

  test('cut off anywhere, or absent', async () => {
    await saveTrainingState(path, STATE);
    const { length } = await readFile(path);
    for (let bytes = length - 1; bytes >= 0; bytes -= 7) {
      await truncate(path, bytes);
      await expect(loadTrainingState(path)).rejects.toMatchObject({ name: 'UnmaskError', code: 'bad-file' });
    }
    await expect(loadTrainingState(join(folder, 'absent'))).rejects.toMatchObject({ name: 'UnmaskError', code: 'not-found' });
  });
});
