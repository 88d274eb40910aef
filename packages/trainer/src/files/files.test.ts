import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureWritableFolder, peakMemoryMB, resetPeakMemory, writeFileAtomically } from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is written whole, and nothing else is left', async () => {
  await writeFileAtomically(join(folder, 'a'), 'one');
  await writeFileAtomically(join(folder, 'a'), 'two');
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['a']);
});

test('a file that cannot be put in place leaves nothing behind', async () => {
  await expect(writeFileAtomically(join(folder, 'absent', 'a'), 'x')).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that cannot be made is refused with its name', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(ensureWritableFolder(join(folder, 'file', 'out'))).rejects.toThrow(/^cannot write to the output folder .*file\/out \(ENOTDIR\): choose another/);
});

test('peak memory is at least what is resident now', () => {
  resetPeakMemory();
  expect(peakMemoryMB()).toBeGreaterThan(10);
});
