import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeHub, type FakeHub } from '@unmask/testing';
import { fetchHubFile, fetchHubFolder, type HubRepository } from './index.js';

const DATASET: HubRepository = { type: 'dataset', name: 'owner/name', revision: 'abc' };
const URL_PATH = '/datasets/owner/name/resolve/abc/part/file.bin';

let cacheDirectory: string;
let hub: FakeHub;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'hub-'));
  hub = fakeHub({ 'part/file.bin': '0123456789', 'config.json': '{}', 'README.md': 'no' });
});
afterEach(async () => {
  delete process.env.HF_HUB_OFFLINE;
  delete process.env.HF_TOKEN;
  await rm(cacheDirectory, { recursive: true });
});

const target = () => join(cacheDirectory, 'datasets--owner--name', 'abc', 'part', 'file.bin');
const get = (path = 'part/file.bin', fetch = hub.fetch) => fetchHubFile(DATASET, path, { cacheDirectory, fetch });

/** Leaves what a download that broke off would have left. */
async function leavePartial(content: string): Promise<void> {
  await mkdir(dirname(target()), { recursive: true });
  await writeFile(`${target()}.partial`, content);
}

describe('fetchHubFile', () => {
  test('downloads a file of a data set at its revision, once', async () => {
    expect(await get()).toBe(target());
    expect(await readFile(target(), 'utf8')).toBe('0123456789');
    expect(hub.requests).toEqual([`${URL_PATH} bytes=0-0`, `${URL_PATH} all`]);
    hub.requests.length = 0;
    expect(await get()).toBe(target());
    expect(hub.requests).toEqual([]);
  });

  test.each([['0123', 4], ['012345678', 9]])('goes on after %j', async (partial, first) => {
    await leavePartial(partial);
    expect(await readFile(await get(), 'utf8')).toBe('0123456789');
    expect(hub.requests.at(-1)).toBe(`${URL_PATH} bytes=${first}-9`);
    expect(await readdir(dirname(target()))).toEqual(['file.bin']);
  });

  test('a complete partial file is only renamed', async () => {
    await leavePartial('0123456789');
    expect(await readFile(await get(), 'utf8')).toBe('0123456789');
    expect(hub.requests).toEqual([`${URL_PATH} bytes=0-0`]);
  });

  test('what is longer than the file is dropped, and the next attempt starts afresh', async () => {
    await leavePartial('0123456789ab');
    await expect(get()).rejects.toThrow('(12 bytes arrived of part/file.bin, which has 10)');
    expect(await readdir(dirname(target()))).toEqual([]);
    expect(await readFile(await get(), 'utf8')).toBe('0123456789');
  });

  test('an answer that is too short is kept for the next attempt, under its temporary name', async () => {
    const short: typeof fetch = async (input, init) => {
      const answer = await hub.fetch(input, init);
      return new Headers(init?.headers).has('range') ? answer : new Response('0123');
    };
    await expect(get('part/file.bin', short)).rejects.toThrow('(4 bytes arrived of part/file.bin, which has 10)');
    expect(await readdir(dirname(target()))).toEqual(['file.bin.partial']);
    expect(await readFile(await get(), 'utf8')).toBe('0123456789');
  });

  test('sends HF_TOKEN', async () => {
    process.env.HF_TOKEN = 'hf_secret';
    const seen: (string | null)[] = [];
    await get('part/file.bin', (input, init) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      return hub.fetch(input, init);
    });
    expect(seen).toEqual(['Bearer hf_secret', 'Bearer hf_secret']);
  });

  test('offline it takes what is there, or says so, and asks nothing', async () => {
    process.env.HF_HUB_OFFLINE = '1';
    await expect(get()).rejects.toMatchObject({
      code: 'not-found',
      message: `part/file.bin of owner/name is not in ${cacheDirectory}, and HF_HUB_OFFLINE=1 forbids downloads`,
    });
    expect(hub.requests).toEqual([]);
    delete process.env.HF_HUB_OFFLINE;
    await get();
    process.env.HF_HUB_OFFLINE = '1';
    expect(await get()).toBe(target());
  });

  test('a file that is not there, and a hub that does not answer, give one line', async () => {
    await expect(get('absent.bin')).rejects.toMatchObject({
      code: 'not-found',
      message: 'cannot download absent.bin of owner/name from the hub (absent.bin is not there): check the name and the network, set HF_TOKEN for private datasets, or give a local folder',
    });
    await expect(get('part/file.bin', () => Promise.reject(new TypeError('fetch\nfailed')))).rejects.toThrow('from the hub (fetch failed): check');
  });
});

describe('fetchHubFolder', () => {
  const folder = () => fetchHubFolder({ type: 'model', name: 'owner/name', revision: 'main' }, { wanted: /\.(bin|json)$/, proof: 'config.json' }, { cacheDirectory, fetch: hub.fetch });

  test('downloads what is wanted, folders included, once', async () => {
    const local = await folder();
    expect(local).toBe(join(cacheDirectory, 'models--owner--name', 'main'));
    expect((await readdir(local, { recursive: true })).sort()).toEqual(['config.json', 'part', join('part', 'file.bin')]);
    hub.requests.length = 0;
    await folder();
    expect(hub.requests).toEqual([]);
  });

  test('offline the proof decides whether there is a copy', async () => {
    process.env.HF_HUB_OFFLINE = '1';
    await expect(folder()).rejects.toThrow(`owner/name is not in ${cacheDirectory}, and HF_HUB_OFFLINE=1 forbids downloads`);
    delete process.env.HF_HUB_OFFLINE;
    const local = await folder();
    process.env.HF_HUB_OFFLINE = '1';
    expect(await folder()).toBe(local);
  });
});
