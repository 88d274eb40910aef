import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { capturedApp } from '@unmask/testing';
import { main } from './main.js';

const MODEL = fileURLToPath(new URL('../../../packages/models/fixtures/tiny-bert', import.meta.url));

const app = capturedApp(main);

/** Runs `unmask run` on generated data and the tiny model, small; later arguments win. */
const run = (...args: string[]) =>
  app.run('run', '--tasks', 'rte', '--model', MODEL, '--data', 'synthetic', '--budget', '100', '--max-steps', '2', '--limit', '8', '--max-length', '16', '--out', join(app.folder, 'out'), ...args);

describe('unmask run', () => {
  test('--json prints the list of results on standard output and nothing else', async () => {
    expect(await run('--methods', 'id3,fft', '--json')).toBe(0);
    const results = JSON.parse(app.out) as Record<string, unknown>[];
    expect(results.map(({ method, unmaskedEntries }) => [method, unmaskedEntries])).toEqual([
      ['id3', 100],
      ['fft', expect.any(Number)],
    ]);
    for (const field of ['task', 'model', 'seed', 'backend', 'dataOrigin', 'budget', 'totalParameters', 'trainedParameters', 'gradientUpdates', 'steps', 'metrics', 'primaryMetric', 'primaryValue', 'secondsTraining', 'examplesPerSecond', 'peakMemoryMB', 'deltaFile', 'versions', 'gitHash']) {
      expect(results[0]).toHaveProperty(field);
    }
    expect(app.error).toContain('engine: onnxruntime');
  });

  test('prints a table with a majority row', async () => {
    expect(await run()).toBe(0);
    expect(app.out).toMatch(/rte +│ majority/);
    expect(app.out).toMatch(/rte +│ id3 .* 100 .*synthetic/);
  });

  test('help shows examples', async () => {
    expect(await app.run('run', '--help')).toBe(0);
    expect(app.out).toContain('unmask run --tasks rte,mrpc --methods id3,fft');
  });
});

describe('a mistake gives one line, exit code 2, and nothing half-written', () => {
  const row = { sentence1: 'a', sentence2: 'b', label: 0, idx: 0 };
  async function data(rows: unknown[]): Promise<string> {
    const split = rows.map((each) => JSON.stringify(each)).join('\n');
    await mkdir(join(app.folder, 'data', 'rte'), { recursive: true });
    for (const name of ['train', 'validation']) await writeFile(join(app.folder, 'data', 'rte', `${name}.jsonl`), split);
    return join(app.folder, 'data');
  }
  async function model(change: (copy: string) => Promise<void>): Promise<string> {
    const copy = join(app.folder, 'model');
    await cp(MODEL, copy, { recursive: true });
    await change(copy);
    return copy;
  }

  test.each<[string, () => Promise<string[]>, RegExp]>([
    ['an unknown task', () => Promise.resolve(['--tasks', 'rtee']), /did you mean "rte"\?/],
    ['an unknown backend', () => Promise.resolve(['--backend', 'gpu']), /unknown backend "gpu"/],
    ['a budget above the parameter count', () => Promise.resolve(['--budget', '1000000000']), /budget 1000000000 is larger than/],
    ['an unwritable --out', async () => (await writeFile(join(app.folder, 'file'), ''), ['--out', join(app.folder, 'file', 'out')]), /cannot write to the output folder/],
    ['a truncated safetensors file', async () => ['--model', await model((copy) => truncate(join(copy, 'model.safetensors'), 20_000))], /is no valid safetensors file/],
    ['a header that claims 10 GB', async () => {
      const huge = Buffer.alloc(16);
      huge.writeBigUInt64LE(10_000_000_000n);
      return ['--model', await model((copy) => writeFile(join(copy, 'model.safetensors'), huge))];
    }, /claims a header of 10000000000 bytes/],
    ['a missing tokenizer file', async () => ['--model', await model((copy) => rm(join(copy, 'tokenizer.json')))], /has no tokenizer\.json/],
    ['no model', () => Promise.resolve(['--model', join(app.folder, 'absent')]), /no model folder at/],
    ['a label out of range', async () => ['--data', await data([row, { ...row, label: 2 }])], /train\.jsonl.*2/],
    ['an empty split', async () => ['--data', await data([])], /train\.jsonl/],
    ['a data folder without the task', () => Promise.resolve(['--data', app.folder]), /rte/],
  ])('%s', async (_, prepare, message) => {
    expect(await run(...(await prepare()))).toBe(2);
    const lines = app.error.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/^unmask: /);
    expect(lines.at(-1)).toMatch(message);
    expect(app.out).toBe('');
    const left = await readdir(join(app.folder, 'out'), { recursive: true }).catch(() => []);
    expect(left.filter((name) => /\.(json|safetensors|tmp)/.test(name))).toEqual([]);
  });

  test('an option that commander refuses', async () => {
    expect(await run('--batch-size', '0')).toBe(2);
    expect(app.error).toContain('give a whole number from 1 up');
  });

  test('--data hub without a network', () => {
    const program = fileURLToPath(new URL('cli.ts', import.meta.url));
    const args = ['--import', 'tsx', '--conditions=@unmask/source', program, 'run', '--tasks', 'rte', '--data', 'hub', '--backend', 'cpu', '--out', join(app.folder, 'out')];
    // a home of its own: there may be a copy of the data in the user's
    const environment = { ...process.env, HOME: app.folder, USERPROFILE: app.folder, HF_HUB_OFFLINE: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env: environment, encoding: 'utf8' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^unmask: rte\/train-00000-of-00001\.parquet of nyu-mll\/glue is not in .*, and HF_HUB_OFFLINE=1 forbids downloads$/);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('a file that was there before stays as it was when a later run fails', async () => {
    expect(await run()).toBe(0);
    const result = join(app.folder, 'out', (await readdir(join(app.folder, 'out')))[0], 'result.json');
    const before = await readFile(result, 'utf8');
    expect(await run('--data', await data([]))).toBe(2);
    expect(await readFile(result, 'utf8')).toBe(before);
  });
});
