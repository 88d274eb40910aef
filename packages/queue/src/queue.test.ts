import { appendFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Executor, inProcess, planGrid, type RunHooks, runGrid, type RunResult, type Grid } from '@unmask/benchmark';
import { selectBackend } from '@unmask/tensor-core';
import { hasRedis, type RedisServer, startRedis } from '@unmask/testing';
import { Redis } from 'ioredis';
import { queueExecutor, work, type WorkOptions } from './index.js';

const MODEL = fileURLToPath(new URL('../../models/fixtures/tiny-bert', import.meta.url));
const GRID: Grid = { tasks: ['sst2'], methods: ['id3', 'lora'], model: MODEL, data: 'synthetic', budgets: [50], seeds: [1], batchSize: 4, maxLength: 16, epochs: null, maxSteps: 4, limit: 8 };

let folder: string;
let server: RedisServer;
let stop: AbortController;
let workers: Promise<void>[];
const withRedis = hasRedis ? test : test.skip;

beforeAll(async () => {
  if (!hasRedis) return;
  await selectBackend('onnxruntime');
  folder = await mkdtemp(join(tmpdir(), 'queue-'));
  server = await startRedis(folder);
});
afterAll(async () => {
  if (!hasRedis) return;
  await server.kill();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  [stop, workers] = [new AbortController(), []];
});
afterEach(async () => {
  stop.abort();
  await Promise.allSettled(workers);
  await Promise.all((await readdir(tmpdir())).filter((name) => name.startsWith(`unmask-worker-${process.pid}-`)).map((name) => rm(join(tmpdir(), name), { recursive: true })));
});

/** A worker that trains in this process. */
function startWorker(name: string, options: Partial<WorkOptions> = {}): Promise<void> {
  const worker = work({ url: server.url, name: `${process.pid}-${name}`, signal: stop.signal, onNote: () => undefined, executor: inProcess, ...options });
  workers.push(worker);
  return worker;
}

/** Submits a grid and waits for its results. */
async function submit(out: string, grid: Grid = GRID, hooks: RunHooks = {}) {
  const executor = await queueExecutor({ url: server.url, submitter: out, onNote: () => undefined });
  try {
    return await runGrid(planGrid(grid), { out: join(folder, out), backend: 'onnxruntime', checkpointEvery: 1, executor, hooks: { onRun: () => hooks } });
  } finally {
    await executor.close();
  }
}

const bits = ({ method, deltaSha256, finalLoss, metrics }: RunResult) => ({ method, deltaSha256, finalLoss, metrics });
const alone = async (grid: Grid = GRID) => (await runGrid(planGrid(grid), { out: join(folder, 'alone'), backend: 'onnxruntime' })).results.map(bits);

/** What is left of runs in the queue. */
async function left(): Promise<string[]> {
  const redis = new Redis(server.url);
  const keys = await redis.keys('unmask:*');
  redis.disconnect();
  return keys.filter((key) => key.includes('--') && !key.includes(':wanted:'));
}

withRedis('results of a queue are those of one process, with all their files, and nothing stays in the queue', async () => {
  const places: string[] = [];
  void startWorker('one');
  void startWorker('two');
  const { results } = await submit('both', GRID, { onPlace: (name) => places.push(name) });
  expect(results.map(bits)).toEqual(await alone());
  for (const name of await readdir(join(folder, 'alone'))) {
    expect((await readdir(join(folder, 'both', name))).sort()).toEqual((await readdir(join(folder, 'alone', name))).sort());
    const history = async (out: string) => (await readFile(join(folder, out, name, 'history.jsonl'), 'utf8')).replaceAll(/"seconds":[\d.e-]+/g, '');
    expect(await history('both')).toBe(await history('alone'));
  }
  expect(await left()).toEqual([]);
});

withRedis('a run that a worker gives up goes on in another from its last state, to the same bits', async () => {
  const grid = { ...GRID, methods: ['id3'], seeds: [2] };
  const first = new AbortController();
  const steps: number[] = [];
  /** Trains in this process, and is told to end after a step. */
  const executor: Executor = {
    ...inProcess,
    carryOut: (settings, context) => inProcess.carryOut(settings, { ...context, hooks: { ...context.hooks, onStep: ({ step }) => (steps.push(step), step === 2 && first.abort()) } }),
  };
  const submitted = submit('taken', grid);
  await startWorker('ending', { executor, signal: first.signal });
  void startWorker('next', { executor });
  expect((await submitted).results.map(bits)).toEqual(await alone(grid));
  expect(steps).toEqual([1, 2, 3, 4]);
});

withRedis('a worker that has not the model ends and puts the run back; one that has it elsewhere does it', async () => {
  const model = join(folder, 'model');
  await cp(MODEL, model, { recursive: true });
  const submitted = submit('moved', { ...GRID, methods: ['id3'], model });
  await new Promise<void>((resolve) => {
    const look = setInterval(() => void left().then((keys) => keys.length > 0 && (clearInterval(look), resolve())), 50);
  });
  await appendFile(join(model, 'config.json'), ' ');
  await expect(startWorker('without')).rejects.toMatchObject({ code: 'unfit', message: expect.stringMatching(/^this machine has not the model that the run was planned with: .*model holds another$/) });
  void startWorker('elsewhere', { models: [MODEL] });
  expect((await submitted).results).toEqual([expect.objectContaining({ model, deltaVerified: true })]);
});

withRedis('a run that cannot work fails in the words of one process, and is tried again the next time', async () => {
  const grid = { ...GRID, methods: ['id3'], budgets: [1e9] };
  void startWorker('failing');
  for (let time = 0; time < 2; time++) await expect(submit('failed', grid)).rejects.toThrow(/^budget 1000000000 is larger/);
});
