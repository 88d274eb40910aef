import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeHub, type FakeHub } from '@unmask/testing';
import { fetchHubFolder } from './index.js';

let cacheDirectory: string;
let hub: FakeHub;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'hub-'));
  hub = fakeHub({ 'part/file.bin': '0123456789', 'config.json': '{}', 'README.md': 'no' });
});
afterEach(async () => {
  delete process.env.HF_HUB_OFFLINE;
  await rm(cacheDirectory, { recursive: true });
});

describe('fetchHubFolder', () => {
  const folder = (fetch = hub.fetch) =>
    fetchHubFolder({ type: 'model', name: 'owner/name', revision: 'main' }, { wanted: /\.(bin|json)$/, proof: 'config.json' }, { cacheDirectory, fetch, firstWait: 1 });
  /** A fetch whose listings are `answer`. */
  const listing = (answer: (url: URL) => Response): typeof fetch => (input, init) => {
    const url = new URL(input);
    return url.pathname.includes('/tree/') ? Promise.resolve(answer(url)) : hub.fetch(input, init);
  };

  test('downloads what is wanted, folders included and the proof last, once', async () => {
    const local = await folder();
    expect(local).toBe(join(cacheDirectory, 'models--owner--name', 'snapshots', hub.commit));
    expect((await readdir(local, { recursive: true })).sort()).toEqual(['config.json', 'part', join('part', 'file.bin')]);
    expect(hub.requests.at(-1)).toContain('config.json');
    hub.requests.length = 0;
    await folder();
    expect(hub.requests).toEqual([]);
  });

  test('offline the proof decides whether there is a copy', async () => {
    process.env.HF_HUB_OFFLINE = '1';
    await expect(folder()).rejects.toThrow(`owner/name is not in ${cacheDirectory}, and HF_HUB_OFFLINE=1 forbids downloads`);
    delete process.env.HF_HUB_OFFLINE;
    const local = await folder();
    expect(await folder(() => Promise.reject(new TypeError('fetch failed')))).toBe(local);
    process.env.HF_HUB_OFFLINE = '1';
    expect(await folder()).toBe(local);
  });

  test('a hub that does not tell commits', async () => {
    const silent: typeof fetch = async (input, init) => {
      if ((input as string).includes('/revision/')) return Response.json([]);
      const { status, body, headers } = await hub.fetch(input, init);
      headers.delete('x-repo-commit');
      return new Response(body, { status, headers });
    };
    const local = await folder(silent);
    expect(local).toBe(join(cacheDirectory, 'models--owner--name', 'snapshots', 'main'));
    hub = fakeHub({ 'config.json': '{"changed":1}' });
    await folder(silent);
    expect(await readFile(join(local, 'config.json'), 'utf8')).toBe('{"changed":1}');
  });

  test('follows the pages of a listing, on the hub that was asked', async () => {
    const pages = listing((url) =>
      url.searchParams.has('cursor')
        ? Response.json([{ type: 'file', path: 'part/file.bin' }])
        : Response.json([{ type: 'directory', path: 'part' }, { type: 'file', path: 'config.json' }], { headers: { link: `<https://elsewhere.example/tree?cursor=2>; rel="next"` } }),
    );
    expect((await readdir(await folder(pages))).sort()).toEqual(['config.json', 'part']);
  });

  let page = 0;
  const file = (path: unknown) => [{ type: 'file', path, size: 1 }];
  test.each<[string, (url: URL) => Response, string]>([
    ['goes round in a circle', (url) => Response.json([], { headers: { link: `<${url.href}>; rel="next"` } }), 'goes round in a circle'],
    ['never ends', () => Response.json([], { headers: { link: `</tree?cursor=${page++}>; rel="next"` } }), 'more than 1000 pages'],
    ['is no list', () => Response.json({ error: null }), 'its listing is no list'],
    ['is a page', () => new Response('<html>'), 'is no JSON'],
    ['is longer than any', () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(2 ** 24)) })), 'is longer than'],
    ['leads up', () => Response.json(file('../../../escaped/evil.bin')), 'no path of a file within a repository'],
    ['leads to the root', () => Response.json(file('/elsewhere/evil.bin')), 'no path of a file within a repository'],
    ['leads to a drive', () => Response.json(file('C:/evil.bin')), 'no path of a file within a repository'],
    ['leads up by the rules of Windows', () => Response.json(file('..\\..\\evil.bin')), 'no path of a file within a repository'],
    ['has a path that is none', () => Response.json(file(7)), 'no path of a file within a repository'],
  ])('refuses a listing that %s', async (_, answer, message) => {
    await expect(folder(listing(answer))).rejects.toThrow(message);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  test('a content is held to the hash of the listing', async () => {
    const other = listing(() => Response.json([{ type: 'file', path: 'part/file.bin', lfs: { oid: 'ab'.repeat(32) } }]));
    await expect(folder(other)).rejects.toThrow('another SHA-256');
  });
});
