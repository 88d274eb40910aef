import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { selectBackend } from '@unmask/tensor-core';
import { type Grid, mergeRuns, planGrid, runGrid, RunStore, shardOf } from '../index.js';

const GRID: Grid = { tasks: ['sst2'], methods: ['bitfit'], model: fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url)), data: 'synthetic', seeds: [1, 2, 3], batchSize: 4, maxLength: 16, epochs: null, maxSteps: 1, limit: 8 };

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  await selectBackend('onnxruntime');
  folder = await mkdtemp(join(tmpdir(), 'merge-'));
  for (const index of [0, 1]) await runGrid(shardOf(planGrid(GRID), { index, count: 2 }), { out: at(`part-${index}`), backend: 'onnxruntime' });
});
afterAll(() => rm(folder, { recursive: true }));

/** Changes the result of the first run of a folder. */
async function change(out: string, field: string, value: unknown): Promise<void> {
  const [name] = await readdir(out);
  const path = join(out, name, 'result.json');
  await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), [field]: value }));
}

test('the parts of a grid become the grid, of which nothing is left to do, and a second time changes nothing', async () => {
  const { finished } = await mergeRuns([at('part-0'), at('part-1')], at('whole'));
  expect(finished.map(({ result }) => result.seed).sort()).toEqual([1, 2, 3]);
  const { finishedBefore, results } = await runGrid(planGrid(GRID), { out: at('whole'), backend: 'onnxruntime' });
  expect([finishedBefore, results.length]).toEqual([3, 3]);
  await cp(at('part-0'), at('again'), { recursive: true });
  await change(at('again'), 'secondsTraining', 7);
  expect((await mergeRuns([at('again'), at('part-1')], at('whole'))).finished.map(({ result }) => result)).toEqual((await new RunStore(at('whole')).read()).finished.map(({ result }) => result));
});

test('folders that contradict each other are refused, and nothing is copied', async () => {
  await cp(at('part-0'), at('other'), { recursive: true });
  await change(at('other'), 'finalLoss', 7);
  await expect(mergeRuns([at('part-0'), at('other')], at('none'))).rejects.toMatchObject({ code: 'bad-data', message: expect.stringMatching(/part-0.* and .*other.* contradict each other: the same run with another finalLoss; move one/) });
  await expect(readdir(at('none'))).rejects.toThrow('ENOENT');
});

test('a run that is unfinished in one folder and finished in another is finished', async () => {
  await cp(at('part-1'), at('cut'), { recursive: true });
  const [name] = await readdir(at('cut'));
  await rm(join(at('cut'), name, 'result.json'));
  expect(await mergeRuns([at('cut'), at('part-1')], at('both'))).toMatchObject({ unfinished: [] });
  expect((await mergeRuns([at('cut')], at('left'))).unfinished).toEqual([join(at('cut'), name)]);
});
