import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadDelta } from '@unmask/id3';
import { selectBackend, tf } from '@unmask/tensor-core';
import { fakeHub } from '@unmask/testing';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { adapters, getMethod, methods, runExperiment, runName, type RunResult, type RunSettings } from './index.js';

const MODEL = fileURLToPath(new URL('../../models/fixtures/tiny-bert', import.meta.url));
const LANGUAGE_MODEL = fileURLToPath(new URL('../../models/fixtures/tiny-llama', import.meta.url));
const SETTINGS: RunSettings = {
  task: 'sst2',
  method: 'id3',
  model: MODEL,
  seed: 1,
  budget: 500,
  head: 'free',
  learningRate: 0.01,
  batchSize: 8,
  maxLength: 24,
  epochs: null,
  maxSteps: 7,
  unmaskEvery: 1,
  biasCorrection: 'entry',
  dropout: true,
  adapterConfig: null,
  scope: null,
  limit: 40,
  data: 'synthetic',
};

let out: string;
beforeAll(async () => {
  await selectBackend('onnxruntime');
  out = await mkdtemp(join(tmpdir(), 'experiment-'));
});
afterAll(() => rm(out, { recursive: true }));

const run = (change: Partial<RunSettings> = {}) => runExperiment({ ...SETTINGS, ...change }, { out, backend: 'onnxruntime' });

describe('runExperiment', () => {
  let first: RunResult;

  test('unmasks exactly its budget and proves that its delta is the whole change', async () => {
    const before = tf.memory().numTensors;
    first = await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(first).toMatchObject({ unmaskedEntries: 500, steps: 7, deltaVerified: true, dataOrigin: 'synthetic', trainExamples: 40, primaryMetric: 'accuracy' });
    expect(first.trainedParameters).toBe(500 + first.headParameters);
    expect(first.gradientUpdates).toBe([72, 144, 216, 287, 358, 429, 500].reduce((sum, count) => sum + count, 0));
    const folder = join(out, runName(SETTINGS));
    expect((await readdir(folder)).sort()).toEqual(['delta.safetensors', 'result.json']);
    expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toEqual(first);
  });

  test('the same seed gives the same bits, another seed does not', async () => {
    const delta = () => readFile(join(out, runName(SETTINGS), 'delta.safetensors'));
    const bits = await delta();
    const again = await run();
    expect(again.finalLoss).toBe(first.finalLoss);
    expect(await delta()).toEqual(bits);
    expect((await run({ seed: 2 })).finalLoss).not.toBe(first.finalLoss);
  });

  test('a run that is cut off continues from its last checkpoint to the same bits', async () => {
    const whole = await run({ seed: 3 });
    const folder = join(out, runName({ ...SETTINGS, seed: 3 }));
    const bits = await readFile(join(folder, 'delta.safetensors'));
    await rm(folder, { recursive: true });
    const seen: number[] = [];
    const upTo = (last: number) =>
      runExperiment({ ...SETTINGS, seed: 3 }, {
        out, backend: 'onnxruntime', checkpointEvery: 2,
        hooks: {
          onStep({ step }) {
            seen.push(step);
            if (step === last) throw new Error('cut off');
          },
        },
      });
    const before = tf.memory().numTensors;
    await expect(upTo(5)).rejects.toThrow('cut off');
    expect(tf.memory().numTensors).toBe(before);
    expect(await readdir(folder)).toEqual(['state.safetensors']);
    const resumed = await upTo(Infinity);
    expect(seen).toEqual([1, 2, 3, 4, 5, 5, 6, 7]);
    expect(await readFile(join(folder, 'delta.safetensors'))).toEqual(bits);
    expect([resumed.finalLoss, resumed.metrics, resumed.gradientUpdates]).toEqual([whole.finalLoss, whole.metrics, whole.gradientUpdates]);
    expect((await readdir(folder)).sort()).toEqual(['delta.safetensors', 'result.json']);
  });

  test('a scope keeps the selection to the parameters it names', async () => {
    await run({ scope: 'attention' });
    const { entries } = await loadDelta(join(out, runName({ ...SETTINGS, scope: 'attention' }), 'delta.safetensors'));
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every(({ name }) => name.includes('attention'))).toBe(true);
  });

  test('data from the hub: whole splits, or a sample of them', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => index);
    const columnData = [
      { name: 'sentence', data: rows.map((row) => `sentence ${row}`) },
      { name: 'label', data: rows.map((row) => BigInt(row % 2)) },
    ];
    const split = new Uint8Array(parquetWriteBuffer({ columnData }));
    const { fetch } = fakeHub({ 'sst2/train-00000-of-00001.parquet': split, 'sst2/validation-00000-of-00001.parquet': split });
    const fromHub = (limit: number | null) =>
      runExperiment({ ...SETTINGS, data: 'hub', limit, maxSteps: 2 }, { out, backend: 'onnxruntime', hub: { fetch, cacheDirectory: join(out, 'cache') } });
    expect(await fromHub(null)).toMatchObject({ dataOrigin: 'real', data: 'hub', trainExamples: 12, evaluationExamples: 12, deltaVerified: true });
    expect(await fromHub(8)).toMatchObject({ dataOrigin: 'sample', trainExamples: 8, evaluationExamples: 8 });
  });

  test.each([
    ['mnli', ['accuracy', 'validation_mismatched/accuracy']],
    ['qqp', ['accuracy', 'f1']],
    ['conll2003', ['precision', 'recall', 'f1', 'test/precision', 'test/recall', 'test/f1']],
  ])('%s is trained and measured on each of its evaluation splits', async (task, names) => {
    const before = tf.memory().numTensors;
    const result = await run({ task });
    expect(tf.memory().numTensors).toBe(before);
    expect([Object.keys(result.metrics), Object.keys(result.standardErrors)]).toEqual([names, names]);
    expect(result).toMatchObject({ deltaVerified: true, evaluationExamples: 40, primaryValue: result.metrics[result.primaryMetric] });
  });

  test('a decoder is trained to write answers, and measured on what it writes', async () => {
    const model = join(out, 'longer-llama');
    await cp(LANGUAGE_MODEL, model, { recursive: true });
    const config = JSON.parse(await readFile(join(LANGUAGE_MODEL, 'config.json'), 'utf8')) as object;
    await writeFile(join(model, 'config.json'), JSON.stringify({ ...config, max_position_embeddings: 230 }));
    const settings = { task: 'svamp', limit: 4, batchSize: 2, maxLength: 512, maxSteps: 2, budget: 50 };
    const before = tf.memory().numTensors;
    expect(await run({ ...settings, model })).toMatchObject({ deltaVerified: true, headParameters: 0, unmaskedEntries: 50, metrics: { accuracy: expect.any(Number) } });
    await expect(run({ ...settings, model: LANGUAGE_MODEL })).rejects.toThrow(/^prompt 1 of svamp\/test has \d+ tokens and leaves no room in the model's 64 positions/);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a task that is for training only is not run', async () => {
    await expect(run({ task: 'math_joint' })).rejects.toThrow('task math_joint is for training only');
  });

  test('dropout and the age that bias correction goes by make a difference', async () => {
    const losses = [first, await run({ dropout: false }), await run({ biasCorrection: 'global' })].map(({ finalLoss }) => finalLoss);
    expect(new Set(losses).size).toBe(3);
  });

  test('head policies: outside, inside, competing', async () => {
    const [counted, competes] = [await run({ head: 'counted' }), await run({ head: 'competes' })];
    expect([counted, competes].map((result) => [result.unmaskedEntries, result.trainedParameters, result.headParameters])).toEqual([
      [500, 500, 0],
      [500, 500, 0],
    ]);
  });

  test.each(methods.map(({ name }) => name))('%s runs and its delta reproduces it', async (method) => {
    const result = await run({ method, task: 'stsb', maxSteps: 3, unmaskEvery: 2 });
    expect(result.deltaVerified).toBe(true);
    if (getMethod(method).trains === 'budget') expect(result.unmaskedEntries).toBe(500);
    if (method === 'fft') expect(result.unmaskedEntries).toBe(result.totalParameters);
    expect(result.touchedEntries).toBeGreaterThanOrEqual(result.unmaskedEntries);
    expect(result.touchedEntries > result.unmaskedEntries).toBe(method.endsWith('-repeat'));
  });

  test.each(adapters.map(({ name }) => name))('%s trains, dense and under a budget, and is saved as an adapter', async (name) => {
    const dense = await run({ method: name, task: 'mrpc', maxSteps: 3 });
    const sparse = await run({ method: `id3+${name}`, task: 'mrpc', maxSteps: 3, budget: 50 });
    expect([dense.deltaVerified, sparse.deltaVerified]).toEqual([true, true]);
    expect([sparse.unmaskedEntries, sparse.headParameters]).toEqual([50, dense.headParameters]);
    expect(dense.unmaskedEntries).toBeGreaterThan(50);
    expect(dense.totalParameters).toBe(first.totalParameters + dense.trainedParameters);
    const files = await readdir(join(out, runName({ ...SETTINGS, method: `id3+${name}`, task: 'mrpc', maxSteps: 3, budget: 50 })));
    expect(files.sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors', 'result.json']);
  });

  test('an adapter takes fields of its configuration, and refuses those that it does not know', async () => {
    const [small, large] = [await run({ method: 'lora', adapterConfig: { r: 2 } }), await run({ method: 'lora', adapterConfig: { r: 4 } })];
    expect(large.unmaskedEntries).toBe(2 * small.unmaskedEntries);
    await expect(run({ method: 'lora', adapterConfig: { rank: 2 } })).rejects.toThrow('the adapter\'s configuration has "rank": 2, which is not supported');
    await expect(run({ method: 'lora+id3' })).rejects.toThrow('unknown method "lora+id3"');
  });

  test.each([
    ['a budget above the model', { budget: 1e9 }, /^budget 1000000000 is larger than the \d+ entries that can be unmasked/],
    ['a head that does not fit', { budget: 2, head: 'counted' as const }, /^budget 2 does not hold the head's \d+ entries/],
    ['a scope that is no pattern', { scope: '(' }, /^the scope "\(" is no regular expression/],
    ['a scope that matches nothing', { scope: '^decoder' }, /^the scope "\^decoder" matches none of \d+ parameters; they are named like bert/],
    ['a budget above the scope', { scope: 'LayerNorm' }, /^budget 500 is larger than the \d+ entries/],
    ['data that is not there', { data: join(tmpdir(), 'absent-data') }, /absent-data/],
  ])('refuses %s in one line and writes nothing', async (_, change, message) => {
    const before = tf.memory().numTensors;
    await expect(run({ ...change, seed: 99 })).rejects.toThrow(message);
    expect(await readdir(join(out, runName({ ...SETTINGS, ...change, seed: 99 })))).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
