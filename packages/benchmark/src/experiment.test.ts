import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadDelta } from '@unmask/id3';
import { selectBackend, tf } from '@unmask/tensor-core';
import { fakeHub } from '@unmask/testing';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { adapters, getMethod, methods, readHistory } from '@unmask/trainer';
import { DEFAULT_SETTINGS, runExperiment, runName, type RunResult, type RunSettings } from './index.js';

const MODEL = fileURLToPath(new URL('../../models/fixtures/tiny-bert', import.meta.url));
const LANGUAGE_MODEL = fileURLToPath(new URL('../../models/fixtures/tiny-llama', import.meta.url));
const SETTINGS: RunSettings = {
  ...DEFAULT_SETTINGS,
  task: 'sst2',
  method: 'id3',
  model: MODEL,
  data: 'synthetic',
  seed: 1,
  budget: 500,
  learningRate: 0.01,
  batchSize: 8,
  maxLength: 24,
  epochs: null,
  maxSteps: 7,
  limit: 40,
};
const FINISHED = ['history.jsonl', 'predictions.json', 'result.json'];

let out: string;
beforeAll(async () => {
  await selectBackend('onnxruntime');
  out = await mkdtemp(join(tmpdir(), 'experiment-'));
});
afterAll(() => rm(out, { recursive: true }));

/** A tiny decoder with room for a task's prompts. */
async function longerLlama(): Promise<string> {
  const model = join(out, 'longer-llama');
  await cp(LANGUAGE_MODEL, model, { recursive: true });
  const config = JSON.parse(await readFile(join(LANGUAGE_MODEL, 'config.json'), 'utf8')) as object;
  await writeFile(join(model, 'config.json'), JSON.stringify({ ...config, max_position_embeddings: 300 }));
  return model;
}

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
    expect((await readdir(folder)).sort()).toEqual(['delta.safetensors', ...FINISHED]);
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
    const model = await longerLlama();
    const settings = { task: 'svamp', limit: 4, batchSize: 2, maxLength: 512, maxSteps: 2, budget: 50 };
    const before = tf.memory().numTensors;
    expect(await run({ ...settings, model })).toMatchObject({ deltaVerified: true, headParameters: 0, unmaskedEntries: 50, metrics: { accuracy: expect.any(Number) } });
    await expect(run({ ...settings, model: LANGUAGE_MODEL })).rejects.toThrow(/^prompt 1 of svamp\/test has \d+ tokens and leaves no room in the model's 64 positions/);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('tasks that are trained together are each measured', async () => {
    const result = await run({ task: 'math_joint', model: await longerLlama(), limit: 2, batchSize: 2, maxLength: 512, maxSteps: 1, budget: 50 });
    expect(result.scores.map(({ task }) => task)).toEqual(['gsm8k', 'svamp', 'aqua', 'multiarith', 'singleeq', 'addsub']);
    expect(Object.keys(result.metrics)).toEqual(result.scores.map(({ task }) => `${task}/accuracy`));
    expect(result.primaryValue).toBeCloseTo(result.scores.reduce((sum, { primaryValue }) => sum + primaryValue, 0) / 6);
  });

  test('dropout and the age that bias correction goes by make a difference', async () => {
    const losses = [first, await run({ dropout: false }), await run({ biasCorrection: 'global' })].map(({ finalLoss }) => finalLoss);
    expect(new Set(losses).size).toBe(3);
  });

  test('gradients of smaller batches add up to those of the batch that they make', async () => {
    const settings = { task: 'rte', batchSize: 8, dropout: false, maxSteps: 3 } as const;
    const [whole, parts] = [await run(settings), await run({ ...settings, batchSize: 3, accumulate: 3 })];
    const nine = await run({ ...settings, batchSize: 9 });
    expect(parts.finalLoss).toBeCloseTo(nine.finalLoss, 5);
    expect(parts.finalLoss).not.toBeCloseTo(whole.finalLoss, 5);
    expect(parts).toMatchObject({ steps: 3, unmaskedEntries: 500, deltaVerified: true });
  });

  test('evaluations during training keep the best step and end it when there is no better one', async () => {
    const settings = { evaluateEvery: 2, patience: 2, maxSteps: 30, learningRate: 1e-12, holdOut: 0.25, seed: 5 };
    const before = tf.memory().numTensors;
    const result = await run(settings);
    expect(tf.memory().numTensors).toBe(before);
    // nothing is learned at this rate, so the first evaluation stays the best
    expect(result).toMatchObject({ bestStep: 2, steps: 6, trainExamples: 30, deltaVerified: true, unmaskedEntries: 34, budget: 500 });
    const folder = join(out, runName({ ...SETTINGS, ...settings }));
    const lines = await readHistory(folder);
    expect(lines.filter((line) => 'loss' in line).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const evaluations = lines.flatMap((line) => ('scores' in line ? line.scores : []));
    expect(evaluations.map(({ split, examples }) => [split, examples])).toEqual(Array(3).fill(['train', 10]));
    expect((await readdir(folder)).sort()).toEqual(['delta.safetensors', ...FINISHED]);
  });

  test('the history says where the unmasked entries are', async () => {
    const lines = await readHistory(join(out, runName(SETTINGS)));
    const places = lines.flatMap((line) => ('unmaskedByTensor' in line ? [Object.values(line.unmaskedByTensor).reduce((sum, count) => sum + count, 0)] : []));
    expect(places).toEqual([72, 144, 216, 287, 358, 429, 500]);
  });

  test('head policies: outside, inside, competing', async () => {
    const [counted, competes] = [await run({ head: 'counted' }), await run({ head: 'competes' })];
    expect([counted, competes].map((result) => [result.unmaskedEntries, result.trainedParameters, result.headParameters])).toEqual([
      [500, 500, 0],
      [500, 500, 0],
    ]);
  });

  test('unmasks by the step, from the candidates, tensor by tensor and by the scores that it is told', async () => {
    const short = (change: Partial<RunSettings> = {}) => run({ maxSteps: 4, ...change });
    const early = await short({ unmaskUntil: 0.5, candidates: 0.1 });
    expect([early.unmaskedEntries, early.gradientUpdates]).toEqual([500, 250 + 3 * 500]);
    const others = [await short(), await short({ per: 'tensor' }), await short({ d3Exponent: 3 }), await short({ d3Epsilon: 1 })];
    others.forEach((result) => expect(result).toMatchObject({ unmaskedEntries: 500, deltaVerified: true }));
    expect(new Set([early, ...others].map(({ deltaSha256 }) => deltaSha256)).size).toBe(5);
  });

  test.each(methods.map(({ name }) => name))('%s runs and its delta reproduces it', async (method) => {
    const result = await run({ method, task: 'stsb', maxSteps: 3, unmaskEvery: 2 });
    expect(result.deltaVerified).toBe(true);
    if (getMethod(method).trains === 'budget') expect(result.unmaskedEntries).toBe(['s2ft', 'paca'].includes(method) ? 480 : 500); // whole rows and columns of the budget
    if (method === 'fft') expect(result.unmaskedEntries).toBe(result.totalParameters);
    expect(result.touchedEntries).toBeGreaterThanOrEqual(result.unmaskedEntries);
    expect(result.touchedEntries > result.unmaskedEntries).toBe(method.endsWith('-repeat') || method === 'gmt');
  });

  test.each(adapters.map(({ name }) => name))('%s trains, dense and under a budget, and is saved as an adapter', async (name) => {
    const budget = 30; // the smallest of them has 40 entries
    const dense = await run({ method: name, task: 'mrpc', maxSteps: 3 });
    const sparse = await run({ method: `id3+${name}`, task: 'mrpc', maxSteps: 3, budget });
    expect([dense.deltaVerified, sparse.deltaVerified]).toEqual([true, true]);
    expect([sparse.unmaskedEntries, sparse.headParameters]).toEqual([budget, dense.headParameters]);
    expect(dense.unmaskedEntries).toBeGreaterThan(budget);
    expect(dense.totalParameters).toBe(first.totalParameters + dense.trainedParameters);
    const files = await readdir(join(out, runName({ ...SETTINGS, method: `id3+${name}`, task: 'mrpc', maxSteps: 3, budget })));
    expect(files.sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors', ...FINISHED]);
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
    ['a budget above the candidates', { candidates: 0.001 }, /^budget 500 is larger than the \d+ entries/],
    ['data that is not there', { data: join(tmpdir(), 'absent-data') }, /absent-data/],
  ])('refuses %s in one line and writes nothing', async (_, change, message) => {
    const before = tf.memory().numTensors;
    await expect(run({ ...change, seed: 99 })).rejects.toThrow(message);
    expect(await readdir(join(out, runName({ ...SETTINGS, ...change, seed: 99 }))).catch(() => [])).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
