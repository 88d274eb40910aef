import * as fileSystem from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

const { mkdtemp, readdir, rm, writeFile } = fileSystem;

/** Fails as a disk does. */
const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
let isFull = false;
jest.unstable_mockModule('node:fs/promises', () => ({
  ...fileSystem,
  link: () => failing('EPERM'),
  writeFile: async (...given: Parameters<typeof writeFile>) => {
    await writeFile(...given);
    if (isFull) await failing('ENOSPC');
  },
}));
const { acquireLock } = await import('./index.js');

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(folder, 'lock.json');
});
afterEach(() => rm(folder, { recursive: true }));

/** As on FAT, and on some network shares and Windows machines. */
test('on a file system without links one of many that ask gets a lock, and a dead holder is replaced', async () => {
  const many = () => Promise.all(Array.from({ length: 20 }, () => acquireLock(path, { heartbeat: 40, patience: 200 })));
  const [first, ...others] = (await many()).filter(Boolean);
  expect(others).toEqual([]);
  expect(await first!.isHeld()).toBe(true);
  expect(await readdir(folder)).toEqual(['lock.json']);
  await first!.release();
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, '{"token":'); // a holder that was killed while it wrote
  expect((await many()).filter(Boolean)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['lock.json']);
});

test('on a full disk nothing is left of a lock that could not be written', async () => {
  isFull = true;
  await expect(acquireLock(path)).rejects.toMatchObject({ code: 'ENOSPC' });
  isFull = false;
  expect(await readdir(folder)).toEqual([]);
});
