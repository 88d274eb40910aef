import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { factsOf } from '@unmask/tensor-core';
import { acquireLock, type LockTimes } from './index.js';
import { type ProcessIdentity, thisProcess } from './process-identity.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(folder, 'lock.json');
});
afterEach(() => rm(folder, { recursive: true }));

/** A number that no process has. */
const NOBODY = 2 ** 30;
const QUICK: LockTimes = { heartbeat: 40, patience: 200 };
const heldBy = (holder: Partial<ProcessIdentity>) => writeFile(path, JSON.stringify({ token: 'other', ...thisProcess(), ...holder }));
const ELSEWHERE = { host: 'elsewhere', process: NOBODY };

/** Shows signs of life of the lock's holder while `work` goes on. @param clock what the holder's clock is ahead, in ms */
async function beating<T>(work: Promise<T>, clock = 0): Promise<T> {
  let beats = 0;
  const heart = setInterval(() => void utimes(path, new Date(), new Date(Date.now() + clock + ++beats)), 20);
  return work.finally(() => clearInterval(heart));
}

describe('acquireLock', () => {
  test('one at a time', async () => {
    const lock = await acquireLock(path);
    expect(lock).toBeDefined();
    expect(await acquireLock(path)).toBeUndefined();
    expect(await lock!.isHeld()).toBe(true);
    await lock!.release();
    expect(await readdir(folder)).toEqual([]);
    expect(await acquireLock(path)).toBeDefined();
  });

  test.each([
    ['that is free', () => Promise.resolve()],
    ['whose holder is dead', () => heldBy({ process: NOBODY })],
    ['whose holder fell silent elsewhere', () => heldBy(ELSEWHERE)],
  ])('of many that ask at once for a lock %s, one gets it', async (_, prepare) => {
    await prepare();
    const locks = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path, QUICK)));
    expect(locks.filter(Boolean)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  test('a holder that can be looked up: a dead one is replaced at once, a living one never', async () => {
    await heldBy({});
    expect(await acquireLock(path)).toBeUndefined();
    await heldBy({ process: NOBODY });
    expect(await acquireLock(path)).toBeDefined();
  });

  const linux = process.platform === 'linux' ? test : test.skip;
  linux('the number of a dead holder may be that of a later process, this one too', async () => {
    await heldBy({ started: '1' });
    expect(await acquireLock(path)).toBeDefined();
  });

  linux('a killed process that its parent has not looked after is dead', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [number] = (await once(parent.stdout, 'data')) as [Buffer];
      const stat = async () => (await readFile(`/proc/${Number(number)}/stat`, 'latin1')).split(') ')[1].split(' ');
      while ((await stat())[0] !== 'Z') await sleep(5);
      await heldBy({ process: Number(number), started: (await stat())[19] });
      expect(await acquireLock(path)).toBeDefined();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test.each<[string, Partial<ProcessIdentity>]>([
    ['on another machine', { host: 'elsewhere' }],
    ['before this machine started anew', { boot: 'earlier' }],
    ['in another container of the same name', { namespace: 'pid:[1]' }],
  ])('a holder %s counts by its signs of life, not by its number', async (_, holder) => {
    await heldBy({ ...holder, process: NOBODY });
    expect(await beating(acquireLock(path, QUICK))).toBeUndefined();
    await heldBy({ ...holder, process: process.pid });
    expect(await acquireLock(path, QUICK)).toBeDefined();
  });

  test.each([-3_600_000, 3_600_000])('clocks may differ by %d ms', async (clock) => {
    await heldBy(ELSEWHERE);
    expect(await beating(acquireLock(path, QUICK), clock)).toBeUndefined();
    await utimes(path, new Date(), new Date(Date.now() + clock));
    expect(await acquireLock(path, QUICK)).toBeDefined();
  });

  test('a holder shows signs of life, until another process has the lock', async () => {
    const lock = await acquireLock(path, QUICK);
    await heldBy(ELSEWHERE);
    await lock!.release();
    expect(await readdir(folder)).toEqual(['lock.json']);
    expect(await lock!.isHeld()).toBe(false);
    await rm(path);

    await acquireLock(path, QUICK);
    const { token } = JSON.parse(await readFile(path, 'utf8')) as { token: string };
    await writeFile(path, JSON.stringify({ token, ...thisProcess(), host: 'the same from afar' }));
    expect(await acquireLock(path, QUICK)).toBeUndefined();
  });

  test('a damaged lock is held until it has stood still for long', async () => {
    await writeFile(path, '{"tok');
    expect(await beating(acquireLock(path, QUICK))).toBeUndefined();
    expect(await acquireLock(path, QUICK)).toBeDefined();
  });

  test('what killed processes left beside a lock goes', async () => {
    await heldBy({ process: NOBODY });
    await writeFile(`${path}.takeover`, JSON.stringify({ token: 'third', ...thisProcess(), process: NOBODY }));
    await writeFile(`${path}.abc.tmp`, '');
    const lock = await acquireLock(path);
    expect(await readdir(folder)).toEqual(['lock.json']);
    await writeFile(`${path}.def.tmp`, '');
    await lock!.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('a folder in the place of the lock', async () => {
    await mkdir(path);
    await expect(acquireLock(path)).rejects.toThrow('is no file, and a lock needs its name: move it away');
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  test('what is in memory is locked within the process, and leaves no file', async () => {
    const lock = await acquireLock('memory:out/lock.json');
    expect(await acquireLock('memory:out/lock.json')).toBeUndefined();
    expect(await factsOf('memory:out')).toBeUndefined();
    await lock!.release();
    expect(await lock!.isHeld()).toBe(false);
    expect(await acquireLock('memory:out/lock.json')).toBeDefined();
  });
});
