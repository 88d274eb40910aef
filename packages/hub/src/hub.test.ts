import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeHub, type FakeHub } from '@unmask/testing';
import { fetchHubFile, type HubRepository } from './index.js';

const CONTENT = '0123456789';
const COMMIT = '00112233445566778899aabbccddeeff00112233';
const DATASET: HubRepository = { type: 'dataset', name: 'owner/name', revision: COMMIT };
const URL_PATH = `/datasets/owner/name/resolve/${COMMIT}/part/file.bin`;
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let cacheDirectory: string;
let hub: FakeHub;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'hub-'));
  hub = fakeHub({ 'part/file.bin': CONTENT, 'config.json': '{}', 'README.md': 'no' });
});
const environment = { ...process.env };
afterEach(async () => {
  for (const name of ['HF_HUB_OFFLINE', 'HF_TOKEN', 'HF_ENDPOINT', 'HF_HOME', 'HF_HUB_CACHE', 'HF_HUB_DISABLE_SYMLINKS']) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
  await rm(cacheDirectory, { recursive: true });
});

const inRepository = (...names: string[]) => join(cacheDirectory, 'datasets--owner--name', ...names);
const blob = () => inRepository('blobs', SHA256);
const get = (path = 'part/file.bin', fetch = hub.fetch, repository = DATASET) => fetchHubFile(repository, path, { cacheDirectory, fetch, firstWait: 1 });
const MAIN = { ...DATASET, revision: 'main' };

/** Leaves what a download that broke off would have left. */
async function leavePartial(content: string): Promise<void> {
  await mkdir(dirname(blob()), { recursive: true });
  await writeFile(`${blob()}.123-abc.partial`, content);
}

/** A fetch that asks `answer` for each file's content first. */
const serving = (answer: (init: RequestInit | undefined) => Response | undefined): typeof fetch => async (input, init) => {
  const isContent = init?.redirect === 'follow' && (input as string).includes('/resolve/');
  return (isContent ? answer(init) : undefined) ?? hub.fetch(input, init);
};

describe('fetchHubFile', () => {
  test('downloads a file of a data set at its revision into the cache of Hugging Face, once', async () => {
    const file = await get();
    expect(file).toBe(inRepository('snapshots', COMMIT, 'part', 'file.bin'));
    expect(await readFile(file, 'utf8')).toBe(CONTENT);
    expect(await readlink(file)).toBe(join('..', '..', '..', 'blobs', SHA256));
    expect(hub.requests).toEqual([`${URL_PATH} bytes=0-0`, `${URL_PATH} all`]);
    hub.requests.length = 0;
    expect(await get()).toBe(file);
    expect(hub.requests).toEqual([]);
  });

  test('a branch is looked up each time, its commit kept, and a content that is there is not downloaded again', async () => {
    const first = await get('part/file.bin', hub.fetch, MAIN);
    expect(await readFile(inRepository('refs', 'main'), 'utf8')).toBe(hub.commit);
    hub = fakeHub({ 'part/file.bin': CONTENT, 'config.json': 'another commit' });
    const second = await get('part/file.bin', hub.fetch, MAIN);
    expect(second).not.toBe(first);
    expect(hub.requests).toEqual([expect.stringContaining('bytes=0-0')]);
    expect(await readFile(inRepository('refs', 'main'), 'utf8')).toBe(hub.commit);
    expect(await readdir(inRepository('blobs'))).toEqual([SHA256]);
    expect(await get('part/file.bin', () => Promise.reject(new TypeError('fetch failed')), MAIN)).toBe(second);
  });

  test.each([['0123', 4], ['012345678', 9]])('goes on after %j', async (partial, first) => {
    await leavePartial(partial);
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
    expect(hub.requests.at(-1)).toBe(`${URL_PATH} bytes=${first}-9`);
    expect(await readdir(dirname(blob()))).toEqual([SHA256]);
  });

  test('a complete partial file is only renamed', async () => {
    await leavePartial(CONTENT);
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
    expect(hub.requests).toEqual([`${URL_PATH} bytes=0-0`]);
  });

  test.each([['too long', '0123456789ab'], ['of another file', '9876']])('a partial file that is %s is dropped', async (_, partial) => {
    await leavePartial(partial);
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
    expect(hub.requests.at(-1)).toBe(`${URL_PATH} all`);
    expect(await readdir(dirname(blob()))).toEqual([SHA256]);
  });

  test('a damaged blob without a file of a snapshot is downloaded again', async () => {
    await rm(await get());
    await writeFile(blob(), '0123x56789');
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
  });

  test('goes on by itself after an answer that breaks off, and when that does not help keeps what has arrived', async () => {
    let answers = 0;
    const once = serving(() => (answers++ === 0 ? new Response('0123') : undefined));
    expect(await readFile(await get('part/file.bin', once), 'utf8')).toBe(CONTENT);
    expect(hub.requests.at(-1)).toBe(`${URL_PATH} bytes=4-9`);
    await rm(inRepository(), { recursive: true });
    await expect(get('part/file.bin', serving(() => new Response('0123')))).rejects.toThrow('(4 bytes arrived of part/file.bin, which has 10)');
    expect(await readdir(dirname(blob()))).toEqual([expect.stringMatching(/\.partial$/)]);
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
  });

  test.each<[string, () => Response, string]>([
    ['an endless content', () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(5)) })), 'more bytes arrive of part/file.bin than the 10'],
    ['another content', () => new Response('0123456780'), 'another SHA-256'],
    ['a part that was not asked for', () => new Response('0', { status: 206, headers: { 'content-range': 'bytes 0-0/1' } }), 'not the part that was asked for'],
  ])('%s is refused and leaves nothing', async (_, answer, message) => {
    await expect(get('part/file.bin', serving(answer))).rejects.toThrow(message);
    expect(await readdir(dirname(blob()))).toEqual([]);
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
  });

  test('a file of the same path and length but another ETag is another file', async () => {
    const plain = (content: string): typeof fetch => (_, init) => {
      const isPart = new Headers(init?.headers).has('range');
      return Promise.resolve(new Response(isPart ? content.slice(0, 1) : content, { status: isPart ? 206 : 200, headers: { etag: `W/"${content}"`, ...(isPart ? { 'content-range': 'bytes 0-0/5' } : {}) } }));
    };
    expect(await readFile(await get('a.txt', plain('first'), MAIN), 'utf8')).toBe('first');
    expect(await readFile(await get('a.txt', plain('other'), MAIN), 'utf8')).toBe('other');
    expect(await readFile(await get('b.txt', plain('other'), MAIN), 'utf8')).toBe('other');
  });

  test('several at once download once', async () => {
    await Promise.all([get(), get(), get()]);
    expect(hub.requests.filter((request) => request.endsWith('all'))).toHaveLength(1);
  });

  test('an empty file', async () => {
    hub = fakeHub({ 'empty.txt': '' });
    const refusing: typeof fetch = (input, init) =>
      new Headers(init?.headers).has('range') ? Promise.resolve(new Response('', { status: 416, headers: { 'content-range': 'bytes */0' } })) : hub.fetch(input, init);
    expect(await readFile(await get('empty.txt', refusing), 'utf8')).toBe('');
  });

  test('sends HF_TOKEN to the hub of HF_ENDPOINT, and nowhere else', async () => {
    const seen: string[] = [];
    const listen = async (answer: RequestListener) => {
      const server = createServer((request, response) => {
        seen.push(`${name(server)} ${request.headers.authorization ?? 'nothing'}`);
        answer(request, response);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return server;
    };
    const addressOf = (server: { address(): unknown }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const storage = await listen((_, response) => response.writeHead(200, { etag: '"s"', 'content-length': 10 }).end(CONTENT));
    const origin = await listen((_, response) => response.writeHead(302, { location: addressOf(storage) }).end());
    const name = (server: unknown) => (server === storage ? 'storage' : 'hub');
    [process.env.HF_TOKEN, process.env.HF_ENDPOINT] = ['hf_secret', `${addressOf(origin)}/`];
    try {
      expect(await readFile(await fetchHubFile(DATASET, 'part/file.bin', { cacheDirectory }), 'utf8')).toBe(CONTENT);
    } finally {
      for (const server of [storage, origin]) server.close();
    }
    expect(seen).toEqual(['hub Bearer hf_secret', 'storage nothing', 'hub Bearer hf_secret', 'storage nothing']);
  });

  test.each([429, 500, 503])('tries again after %d, some times', async (status) => {
    let failures = 2;
    const busy: typeof fetch = (input, init) => (failures-- > 0 ? Promise.resolve(new Response('', { status, headers: { 'retry-after': '0' } })) : hub.fetch(input, init));
    expect(await readFile(await get('part/file.bin', busy), 'utf8')).toBe(CONTENT);
    await expect(get('config.json', () => Promise.resolve(new Response('', { status })))).rejects.toThrow(`(status ${status} for config.json)`);
  });

  test('does not wait for hours when asked to', async () => {
    let asked = 0;
    const busy: typeof fetch = () => Promise.resolve(new Response('', { status: asked++ < 9 ? 429 : 200, headers: { 'retry-after': '86400' } }));
    await expect(get('part/file.bin', busy)).rejects.toThrow('(status 429 for part/file.bin: to be tried again after 86400)');
    expect(asked).toBe(1);
  });

  test.each([['1', '1'], ['a word', 'true']])('offline (HF_HUB_OFFLINE is %s) it takes what is there, or says so, and asks nothing', async (_, value) => {
    process.env.HF_HUB_OFFLINE = value;
    await expect(get()).rejects.toMatchObject({
      code: 'not-found',
      message: `part/file.bin of owner/name is not in ${cacheDirectory}, and HF_HUB_OFFLINE=1 forbids downloads`,
    });
    expect(hub.requests).toEqual([]);
    delete process.env.HF_HUB_OFFLINE;
    const file = await get('part/file.bin', hub.fetch, MAIN);
    process.env.HF_HUB_OFFLINE = value;
    expect(await get('part/file.bin', hub.fetch, MAIN)).toBe(file);
  });

  test('the cache is where HF_HUB_CACHE or HF_HOME say', async () => {
    const fetchIt = () => fetchHubFile(DATASET, 'config.json', { fetch: hub.fetch });
    const end = join('datasets--owner--name', 'snapshots', COMMIT, 'config.json');
    delete process.env.HF_HUB_CACHE;
    process.env.HF_HOME = join(cacheDirectory, 'home');
    expect(await fetchIt()).toBe(join(cacheDirectory, 'home', 'hub', end));
    process.env.HF_HUB_CACHE = join(cacheDirectory, 'mine');
    expect(await fetchIt()).toBe(join(cacheDirectory, 'mine', end));
  });

  test('without links a new content is moved to the snapshot, as huggingface_hub does', async () => {
    process.env.HF_HUB_DISABLE_SYMLINKS = '1';
    const file = await get();
    await expect(readlink(file)).rejects.toThrow('EINVAL');
    expect(await readFile(file, 'utf8')).toBe(CONTENT);
    expect(await readdir(dirname(blob()))).toEqual([]);
    await rm(file);
    await writeFile(blob(), CONTENT);
    expect(await readFile(await get(), 'utf8')).toBe(CONTENT);
    expect(await readdir(dirname(blob()))).toEqual([SHA256]);
  });

  test('a file that is not there, a hub that does not answer, and what is none give one line', async () => {
    await expect(get('absent.bin')).rejects.toMatchObject({
      code: 'not-found',
      message: 'cannot download absent.bin of owner/name from the hub (absent.bin is not there): check the name and the network, set HF_TOKEN for private datasets, or give a local folder',
    });
    await expect(get('part/file.bin', () => Promise.reject(new TypeError('fetch\nfailed')))).rejects.toThrow('from the hub (fetch failed): check');
    await expect(get('part/file.bin', () => Promise.resolve(new Response('<html>')))).rejects.toThrow('has no ETag, as a hub');
    await expect(get('part/file.bin', () => Promise.resolve(new Response('', { status: 302, headers: { location: '/' } })))).rejects.toThrow('redirected more than 10 times');
  });

  test('a cache that cannot be written to', async () => {
    await writeFile(join(cacheDirectory, 'file'), '');
    await expect(fetchHubFile(DATASET, 'config.json', { fetch: hub.fetch, cacheDirectory: join(cacheDirectory, 'file') })).rejects.toThrow(/^cannot write config.json of owner\/name to the cache .* \(ENOTDIR\): make room or mend the folder, or name another in HF_HUB_CACHE$/);
  });

  test.each([
    ['../name', 'main', 'a', 'no name of a repository'],
    ['owner/name', '../main', 'a', 'no revision'],
    ['owner/name', 'main', '../a', 'no path of a file within a repository'],
    ['owner/name', 'main', 'a/..\\..\\b', 'no path of a file within a repository'],
  ])('refuses %s at %s, %s', async (name, revision, path, message) => {
    await expect(get(path, hub.fetch, { type: 'model', name, revision })).rejects.toThrow(message);
  });
});
