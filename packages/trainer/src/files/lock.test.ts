import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { acquireLock } from './lock.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(folder, 'lock.json');
});
afterEach(() => rm(folder, { recursive: true }));

/** A number that no process has. */
const DEAD = 2 ** 30;
const heldBy = (host: string, process: number) => writeFile(path, JSON.stringify({ token: 'other', host, process }));

test('one at a time', async () => {
  const lock = await acquireLock(path);
  expect(lock).toBeDefined();
  expect(await acquireLock(path)).toBeUndefined();
  await lock!.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await acquireLock(path)).toBeDefined();
});

test('of many that ask at once, one', async () => {
  const locks = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path)));
  expect(locks.filter(Boolean)).toHaveLength(1);
});

test('a dead holder on this machine is replaced at once, a living one is not', async () => {
  await heldBy(hostname(), process.pid);
  expect(await acquireLock(path)).toBeUndefined();
  await heldBy(hostname(), DEAD);
  expect(await acquireLock(path)).toBeDefined();
});

test('a holder elsewhere is replaced when it has been silent for long', async () => {
  await heldBy('elsewhere', DEAD);
  expect(await acquireLock(path)).toBeUndefined();
  const long = new Date(Date.now() - 121_000);
  await utimes(path, long, long);
  expect(await acquireLock(path)).toBeDefined();
});

test('a lock that was taken over is not released by its former holder', async () => {
  const lock = await acquireLock(path);
  await heldBy('elsewhere', DEAD);
  await lock!.release();
  expect(await readdir(folder)).toEqual(['lock.json']);
});

test('a lock whose file was cut off counts as held until it has been silent for long', async () => {
  await writeFile(path, '{"tok');
  expect(await acquireLock(path)).toBeUndefined();
});
