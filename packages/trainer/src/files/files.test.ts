import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureWritableFolder, peakMemoryMB, resetPeakMemory } from '../index.js';
import { PROBE } from './files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a folder that cannot be made is refused with its name', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(ensureWritableFolder(join(folder, 'file', 'out'))).rejects.toThrow(/^cannot write to the output folder .*file\/out \(ENOTDIR\): choose another/);
});

test('nothing is left of the check of a folder, nor of one that was killed', async () => {
  const out = join(folder, 'new');
  await ensureWritableFolder(out);
  expect(await readdir(out)).toEqual([]);
  await writeFile(join(out, PROBE), '');
  await Promise.all([ensureWritableFolder(out), ensureWritableFolder(out)]);
  expect(await readdir(out)).toEqual([]);
});

test('peak memory is at least what is resident now', () => {
  resetPeakMemory();
  expect(peakMemoryMB()).toBeGreaterThan(10);
});
