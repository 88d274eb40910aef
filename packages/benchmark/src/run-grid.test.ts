import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@unmask/tensor-core';
import { planGrid, readGridFile, runGrid, RunStore, type Grid, type GridHooks, type RunHooks, type RunSettings } from './index.js';
import { acquireLock, thisProcess } from '@unmask/files';
import { TINY_GRID as GRID } from './testing/tiny-grid.js';

let out: string;
beforeAll(() => selectBackend('onnxruntime'));
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'grid-'));
});
afterEach(() => rm(out, { recursive: true }));

const names = (runs: readonly RunSettings[]) => runs.map(({ method, seed }) => `${method} ${seed}`);
const ALL = ['id3 1', 'id3 2', 'fft 1', 'fft 2'];

/** Runs a grid. @returns how it ended, and which runs it really made */
async function run(grid: Grid = GRID, { onStep, ...hooks }: GridHooks & Pick<RunHooks, 'onStep'> = {}, signal?: AbortSignal) {
  const made: RunSettings[] = [];
  const outcome = await runGrid(planGrid(grid), { out, backend: 'onnxruntime', ...(signal ? { signal } : {}), hooks: { ...hooks, onRun: () => ({ ...(onStep && { onStep }), onStart: ({ settings }) => made.push(settings) }) } });
  return { ...outcome, made: names(made) };
}

const folderOf = async (method: string, seed: number) => join(out, (await readdir(out)).find((name) => name.includes(`--${method}--`) && name.includes(`--s${seed}--`))!);

describe('runGrid', () => {
  test('makes every run once, and none again', async () => {
    const first = await run();
    expect([first.made, names(first.results)]).toEqual([ALL, ALL]);
    const second = await run();
    expect(second.made).toEqual([]);
    expect(second.results).toEqual(first.results);
  });

  test.each<[string, (folder: string) => Promise<void>]>([
    ['a result that was cut off', (folder) => truncate(join(folder, 'result.json'), 100)],
    ['a result of other settings', async (folder) => copyFile(join(await folderOf('id3', 2), 'result.json'), join(folder, 'result.json'))],
    ['a delta that was cut off', (folder) => truncate(join(folder, 'delta.safetensors'), 100)],
    ['a delta with one changed bit', async (folder) => {
      const bytes = await readFile(join(folder, 'delta.safetensors'));
      bytes[bytes.length - 1] ^= 1;
      await writeFile(join(folder, 'delta.safetensors'), bytes);
    }],
    ['a delta that is gone', (folder) => rm(join(folder, 'delta.safetensors'))],
  ])('makes %s again, to the same figures', async (_, damage) => {
    const { results: before } = await run();
    await damage(await folderOf('id3', 1));
    const problems: string[] = [];
    const { made, results } = await run(GRID, { onDamaged: (__, problem) => problems.push(problem) });
    expect([made, problems.length]).toEqual([['id3 1'], 1]);
    expect(results.map(({ metrics, deltaSha256 }) => [metrics, deltaSha256])).toEqual(before.map(({ metrics, deltaSha256 }) => [metrics, deltaSha256]));
  });

  test('what a process that was killed after a result left beside it goes', async () => {
    const grid = { ...GRID, methods: ['fft'], seeds: [1] };
    await run(grid);
    const folder = await folderOf('fft', 1);
    const before = await readdir(folder);
    for (const name of ['best.safetensors', 'state.safetensors', 'failure.json', 'result.json.0e7c3b0a-1f7b-4b47-9f0c-0d7c8a2f7e11.tmp']) await writeFile(join(folder, name), '');
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ token: 'killed', ...thisProcess(), process: 2 ** 30 }));
    expect((await run(grid)).made).toEqual([]);
    expect(await readdir(folder)).toEqual(before);
  });

  test('a result of a release that did not know one of the settings is not made again', async () => {
    const grid = { ...GRID, methods: ['fft'], seeds: [1] };
    await run(grid);
    const path = join(await folderOf('fft', 1), 'result.json');
    const older = Object.fromEntries(Object.entries(JSON.parse(await readFile(path, 'utf8')) as object).filter(([name]) => name !== 'decay'));
    await writeFile(path, JSON.stringify(older));
    expect((await run(grid)).made).toEqual([]);
  });

  test('a run that fails is recorded and tried again, and the others go on', async () => {
    const bad = { ...GRID, budgets: [1e9] };
    const { failures, results } = await run(bad);
    expect([names(failures.map(({ settings }) => settings)), names(results)]).toEqual([ALL.slice(0, 2), ALL.slice(2)]);
    const { failed, finished } = await new RunStore(out).read();
    expect(failed.map(({ error }) => error)).toEqual(Array(2).fill(expect.stringMatching(/^budget 1000000000 is larger/)));
    expect(finished).toHaveLength(2);
    expect((await run(bad)).failures).toHaveLength(2);
  });

  test('an only run just fails', async () => {
    await expect(run({ ...GRID, methods: ['id3'], seeds: [1], budgets: [1e9] })).rejects.toThrow(/^budget 1000000000/);
  });

  test('a search makes the runs of other seeds at the best rate alone', async () => {
    const { results } = await run({ ...GRID, methods: ['id3'], learningRates: [1e-3, 1e-2], seeds: [1, 2, 3], searchLearningRate: true });
    const [one, two, ...others] = results;
    const best = two.primaryValue > one.primaryValue ? 1e-2 : 1e-3;
    expect(others.map(({ seed, learningRate }) => [seed, learningRate])).toEqual([[2, best], [3, best]]);
  });

  test('waits for a run that another process works on, and takes its result', async () => {
    const [{ first: [settings] }] = planGrid({ ...GRID, methods: ['id3'] });
    await run();
    const store = new RunStore(out);
    const result = join(store.folderOf(settings), 'result.json');
    const text = await readFile(result, 'utf8');
    await rm(result);
    const lock = await acquireLock(join(store.folderOf(settings), 'lock.json'));
    const { made, results } = await run(GRID, {
      onWait: () => void writeFile(result, text).then(() => lock!.release()),
    });
    expect([made, names(results)]).toEqual([[], ALL]);
  });

  test('a process that is killed leaves a run that others make', async () => {
    const [{ first: [settings] }] = planGrid({ ...GRID, methods: ['id3'] });
    const store = new RunStore(out);
    const lock = fileURLToPath(new URL('../../files/src/lock.ts', import.meta.url));
    await (await store.lock(settings))!.release(); // makes the folder
    const script = `import { acquireFileLock } from ${JSON.stringify(lock)}; await acquireFileLock(${JSON.stringify(join(store.folderOf(settings), 'lock.json'))}); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@unmask/source', '--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error('the other process has ended by itself')));
    });
    expect(await store.lock(settings)).toBeUndefined();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect((await run()).made).toEqual(ALL);
  });

  test('after a signal it ends, and the rest is made the next time', async () => {
    const controller = new AbortController();
    const hooks: Pick<RunHooks, 'onStep'> = { onStep: ({ step }) => step === 1 && controller.abort() };
    await expect(run(GRID, hooks, controller.signal)).rejects.toMatchObject({ code: 'interrupted' });
    expect((await new RunStore(out).read()).unfinished).toHaveLength(1);
    expect((await run()).made).toEqual(ALL);
  });
});

describe('RunStore', () => {
  test('reads what runs left', async () => {
    await run();
    const { finished } = await new RunStore(out).read();
    expect(names(finished.map(({ result }) => result)).sort()).toEqual([...ALL].sort());
    for (const { history, predictions, result } of finished) {
      expect(history.filter((line) => 'loss' in line)).toHaveLength(2);
      expect(predictions).toEqual([{ task: 'sst2', split: 'validation', answers: expect.any(Array), labels: expect.any(Array) }]);
      const right = predictions[0].answers.filter((answer, index) => answer === predictions[0].labels[index]).length;
      expect(right / 8).toBeCloseTo(result.metrics.accuracy);
    }
  });

  test.each<[string, string, string, string]>([
    ['a result that is no JSON', 'result.json', '{"task"', 'is no valid JSON'],
    ['a result that is null', 'result.json', 'null', 'Invalid input'],
    ['predictions that are none', 'predictions.json', '{"a":1}', 'expected array'],
    ['a path out of its folder for its change', 'result.json', '../../secret', '"deltaFile": Invalid option'],
    ['no score', 'result.json', '[]', '"scores": '],
  ])('%s is a damaged run, and the others are read', async (_, name, text, problem) => {
    await run({ ...GRID, methods: ['fft'] });
    const path = join(await folderOf('fft', 1), name);
    const change = { '../../secret': { deltaFile: text }, '[]': { scores: [] } }[text];
    await writeFile(path, change ? JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...change }) : text);
    const { finished, damaged } = await new RunStore(out).read();
    expect([names(finished.map(({ result }) => result)), damaged]).toEqual([['fft 2'], [{ folder: await folderOf('fft', 1), problem: expect.stringContaining(problem) }]]);
  });

  test('lines of a history that are none end it, and a failure that is none is a damaged run', async () => {
    await run({ ...GRID, methods: ['fft'], seeds: [1] });
    await writeFile(join(await folderOf('fft', 1), 'history.jsonl'), '{"step":1,"loss":1,"learningRate":1,"unmasked":0,"seconds":1}\n{"step":"a","unmaskedByTensor":5}\n');
    await mkdir(join(out, 'failed'));
    await writeFile(join(out, 'failed', 'failure.json'), '{"error":5}');
    const { finished, damaged } = await new RunStore(out).read();
    expect(finished[0].history).toHaveLength(1);
    expect(damaged).toEqual([{ folder: join(out, 'failed'), problem: expect.stringContaining('"settings"') }]);
  });

  test('says what to do about a folder that is not there', async () => {
    await expect(new RunStore(join(out, 'absent')).read()).rejects.toThrow(/no folder of runs at .*absent: give the --out folder/);
  });
});

describe('readGridFile', () => {
  const file = async (text: string) => {
    const path = join(out, 'grid.yaml');
    await writeFile(path, text);
    return path;
  };

  test('defaults, what each grid has of its own, and what replaces both', async () => {
    const path = await file('defaults: { model: m, data: hub, epochs: 2 }\ngrids:\n  - { tasks: [rte], methods: [id3], maxSteps: 5 }\n  - { tasks: [cola], methods: [fft], epochs: 9 }\n');
    const { grids } = await readGridFile(path, { data: 'folder' });
    expect(grids).toEqual([
      { tasks: ['rte'], methods: ['id3'], model: 'm', data: 'folder', epochs: null, maxSteps: 5 },
      { tasks: ['cola'], methods: ['fft'], model: 'm', data: 'folder', epochs: 9 },
    ]);
  });

  test.each([
    ['no YAML', 'grids: [', /no YAML/],
    ['an unknown field', 'grids: [{ task: rte }]', /grids\.0: .*"task".*; fields are tasks, methods/],
    ['a wrong type', 'defaults: { epochs: many }\ngrids: [{}]', /defaults\.epochs: .*expected/],
    ['a rate below zero', 'grids: [{ learningRates: [-1] }]', /grids\.0\.learningRates\.0/],
    ['no model', 'grids: [{ tasks: [rte], methods: [id3], data: hub }]', /grid 1 of 1 says nothing of "model"/],
    ['no grids', 'grids: []', /grids/],
    ['a part that holds itself', 'defaults: &a { adapterConfig: *a }\ngrids: [{}]', /a part of it holds itself, by an alias/],
    ['lists in lists', `grids: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, /no YAML|too deep/],
    ['aliases of aliases', `a: &a [x, x, x]\n${'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]}, `.repeat(9)}x]`).join('\n')}\ngrids: [{}]`, /no YAML: .*alias/],
  ])('refuses %s', async (_, text, message) => {
    await expect(readGridFile(await file(text))).rejects.toThrow(message);
  });

  test('a file that is not there', async () => {
    await expect(readGridFile(join(out, 'absent.yaml'))).rejects.toThrow(/cannot read the grid file .*absent.yaml \(ENOENT\)/);
  });
});
