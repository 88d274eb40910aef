import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acquireLock, type Lock } from '@unmask/files';
import { selectBackend } from '@unmask/tensor-core';
import { type Executor, planGrid, processes, runGrid, type GridContext, type RunHooks, type RunResult } from '../index.js';
import { TINY_GRID } from '../testing/tiny-grid.js';
import { processesOf } from './processes.js';

const CELLS = planGrid({ ...TINY_GRID, maxSteps: 4 });
const [{ first: [SETTINGS] }] = CELLS;

let out: string;
let executor: Executor;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'processes-'));
});
afterEach(async () => {
  await executor.close();
  await rm(out, { recursive: true });
});

describe('with the real program', () => {
  const { NODE_OPTIONS } = process.env;
  beforeAll(async () => {
    process.env.NODE_OPTIONS = '--import tsx --conditions=@unmask/source'; // the processes run sources, too
    await selectBackend('onnxruntime');
  });
  afterAll(() => {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
  });

  const bits = ({ method, seed, deltaSha256, finalLoss, metrics }: RunResult) => ({ method, seed, deltaSha256, finalLoss, metrics });

  test('runs side by side have the bits of runs one after the other, also when all are interrupted and go on', async () => {
    executor = processes({ width: 2 });
    const run = (name: string, more: Partial<GridContext>) => runGrid(CELLS, { out: join(out, name), backend: 'onnxruntime', ...more });
    const whole = (await run('after', {})).results.map(bits);
    const controller = new AbortController();
    let [running, most] = [0, 0];
    const stopping: RunHooks = { onStep: ({ step }) => step === 2 && controller.abort() };
    const hooks = { onRun: () => ((most = Math.max(most, ++running)), stopping), onEnd: () => void running-- };
    await expect(run('beside', { executor, hooks, signal: controller.signal })).rejects.toMatchObject({ code: 'interrupted', message: expect.stringContaining('saved after step') });
    expect([running, most]).toEqual([0, 2]);
    const steps: number[] = [];
    const again = await run('beside', { executor, hooks: { onRun: () => ({ onStep: ({ step }) => steps.push(step) }) } });
    expect(again.results.map(bits)).toEqual(whole);
    expect(steps.length).toBeLessThan(4 * CELLS.length);
  });
});

describe('with a program that does as the test says', () => {
  let lock: Lock;
  beforeEach(async () => {
    lock = (await acquireLock(join(out, 'lock.json')))!;
  });

  /** Starts processes that do this with an order. @param memoryLimit of each */
  async function processesThat(work: string, memoryLimit?: number): Promise<void> {
    await writeFile(join(out, 'program.mjs'), `const say = (report) => process.send(report);\nprocess.on('message', (order) => { ${work} });\nprocess.on('disconnect', () => process.exit());`);
    executor = processesOf(join(out, 'program.mjs'), { width: 1, memoryLimit });
  }

  /** Carries out a run. @returns its notes, then how it ended */
  async function run(hooks: RunHooks = {}, signal?: AbortSignal): Promise<unknown[]> {
    const said: unknown[] = [];
    const context = { out, backend: 'cpu', lock, hooks: { onNote: (note: string) => said.push(note), ...hooks }, ...(signal && { signal }) };
    await executor.carryOut(SETTINGS, context).then((result) => said.push(result), (error: unknown) => said.push(error));
    return said;
  }

  test('a run whose process dies goes on in others, and fails when these die, too', async () => {
    await processesThat('process.kill(process.pid, "SIGKILL")');
    const note = 'a process that trains has ended (SIGKILL): its run goes on in another from its last saved state';
    expect(await run()).toEqual([note, note, expect.objectContaining({ code: 'unsupported', message: expect.stringMatching(/\(SIGKILL\), as 2 before it did: give/) })]);
  });

  test('a process that takes more memory than it may is ended', async () => {
    await processesThat('say({ kind: "memory", megabytes: 99 }); say({ kind: "memory", megabytes: 101 })', 100);
    expect((await run()).at(-1)).toMatchObject({ message: expect.stringMatching(/took 101 MB of memory, more than its 100, as 2/) });
  });

  test('one process does one run after the other, waits where it has saved its state, and says what went wrong', async () => {
    await processesThat(`
      if (order.kind === 'run') { globalThis.runs = (globalThis.runs ?? 0) + 1; say({ kind: 'saved' }); }
      if (order.kind === 'go-on' && runs === 1) { say({ kind: 'progress', hook: 'onStep', given: [{ step: 7 }] }); say({ kind: 'finished', result: { runs } }); }
      if (order.kind === 'go-on' && runs === 2) say({ kind: 'failed', error: { message: 'bad', ours: { code: 'bad-data', details: ['row 1'] } } });`);
    const order: unknown[] = [];
    const hooks: RunHooks = { onSave: () => void order.push('saved'), onStep: ({ step }) => order.push(step) };
    expect([await run(hooks), order]).toEqual([[{ runs: 1 }], ['saved', 7]]);
    expect(await run()).toEqual([expect.objectContaining({ code: 'bad-data', message: 'bad', details: ['row 1'] })]);
    expect(await run({ onSave: () => Promise.reject(new Error('disk full')) })).toEqual([expect.objectContaining({ message: 'disk full' })]);
  });

  test('a signal asks the process to save, and before a run nothing is begun', async () => {
    await processesThat('if (order.kind === "stop") say({ kind: "failed", error: { message: "saved", ours: { code: "interrupted", details: [] } } }); else say({ kind: "progress", hook: "onStep", given: [{}] })');
    const controller = new AbortController();
    expect(await run({ onStep: () => controller.abort() }, controller.signal)).toEqual([expect.objectContaining({ code: 'interrupted', message: 'saved' })]);
    expect(await run({}, controller.signal)).toEqual([expect.objectContaining({ code: 'interrupted', message: 'ended before the run began' })]);
  });
});
