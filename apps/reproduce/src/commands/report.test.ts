import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Report } from '@unmask/report';
import { main } from '../main.js';

const MODEL = fileURLToPath(new URL('../../../../packages/models/fixtures/tiny-bert', import.meta.url));

let folder: string;
let printed: { out: string; error: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unmask-'));
  printed = { out: '', error: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed.out += String(text)), true));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((printed.error += String(text)), true));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const report = (...args: string[]) => main(['report', join(folder, 'runs'), ...args]);

test('what runs left becomes a report: scores, differences, where entries were unmasked, and a failed run', async () => {
  const run = (...args: string[]) => main(['run', '--tasks', 'rte', '--model', MODEL, '--methods', 'id3,fft', '--budget', '100', '--max-steps', '4', '--limit', '8', '--max-length', '16', '--out', join(folder, 'runs'), ...args]);
  expect(await run('--data', 'synthetic', '--seed', '1,2')).toBe(0);
  expect(await run('--data', folder)).toBe(2);
  printed.out = '';
  expect(await report('--json')).toBe(0);
  const { panels: [panel], failed, unfinished } = JSON.parse(printed.out) as Report;
  expect(panel.rows.map(({ method, cells }) => [method, cells.map((cell) => cell?.seeds)]).sort()).toEqual([['fft', [[1, 2]]], ['id3', [[1, 2]]]]);
  expect(panel.comparisons).toEqual([expect.objectContaining({ task: 'rte', outcome: expect.objectContaining({ seeds: [1, 2], examples: 8 }) })]);
  expect(panel.unmasked[0].modules.reduce((sum, { counts }) => sum + counts[counts.length - 1], 0)).toBe(100);
  expect([failed.length, unfinished]).toEqual([2, []]);

  printed.out = '';
  expect(await report('--against', 'id3')).toBe(0); // beside the report that is there
  expect((await readdir(join(folder, 'runs', 'report'))).sort()).toEqual(['report.csv', 'report.html', 'report.json', 'report.md']);
  expect(printed.out).toBe(await readFile(join(folder, 'runs', 'report', 'report.md'), 'utf8'));
  expect(printed.out).toMatch(/\| rte validation \| id3 · 100 \| fft \|/);
  expect(printed.out).not.toContain('Unfinished');
});

test.each([
  ['no folder', () => Promise.resolve(), /^unmask: no folder of runs at .*runs: give the --out folder of unmask run\n$/],
  ['a folder without runs', async () => {
    await mkdir(join(folder, 'runs', 'photographs'), { recursive: true });
    await writeFile(join(folder, 'runs', 'photographs', 'cat.jpg'), '');
  }, /^unmask: there are no runs to report/],
])('%s is one line, exit code 2, and no report', async (_, prepare, message) => {
  await prepare();
  expect(await report()).toBe(2);
  expect(printed.error).toMatch(message);
  expect(printed.out).toBe('');
  await expect(readdir(join(folder, 'runs', 'report'))).rejects.toThrow();
});
