import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasRedis, type RedisServer, startRedis } from '@unmask/testing';
import { Redis } from 'ioredis';
import { download, remove, upload } from './transfer.js';

let folder: string;
let server: RedisServer;
let redis: Redis;
const withRedis = hasRedis ? test : test.skip;
beforeAll(async () => {
  if (!hasRedis) return;
  folder = await mkdtemp(join(tmpdir(), 'transfer-'));
  server = await startRedis(folder);
  redis = new Redis(server.url);
});
afterAll(async () => {
  if (!hasRedis) return;
  redis.disconnect();
  await server.kill();
  await rm(folder, { recursive: true });
});

async function files(name: string, contents: Readonly<Record<string, Buffer>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  for (const [file, content] of Object.entries(contents)) await writeFile(join(path, file), content);
  return path;
}
const bytes = (count: number) => Buffer.from(Array.from({ length: count }, (_, index) => (index * 7 + (index >> 10)) % 251));

describe('files through a queue', () => {
  withRedis('come back as they were, and are replaced and removed whole', async () => {
    const sent = { 'result.json': bytes(0), 'delta.safetensors': bytes(2 ** 20), 'history.jsonl': bytes(2.5 * 2 ** 20) };
    const from = await files('from', sent);
    await upload(redis, 'k', from, ['absent.json', ...Object.keys(sent)]);
    expect(await download(redis, 'k', join(folder, 'to'))).toBe(true);
    expect((await readdir(join(folder, 'to'))).sort()).toEqual(Object.keys(sent).sort());
    for (const [name, content] of Object.entries(sent)) expect((await readFile(join(folder, 'to', name))).equals(content)).toBe(true);
    await upload(redis, 'k', await files('again', { 'result.json': bytes(5) }), ['result.json']);
    expect(await redis.keys('k*')).toHaveLength(2);
    await remove(redis, 'k');
    expect(await redis.keys('k*')).toEqual([]);
    expect(await download(redis, 'k', join(folder, 'none'))).toBe(false);
  });

  const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const generation = '0e7c3b0a-1f7b-4b47-9f0c-0d7c8a2f7e11';
  withRedis.each([
    ['no JSON', '{'],
    ['a path out of its folder', JSON.stringify({ generation, files: [{ name: '../a.json', bytes: 0, sha256 }] })],
    ['a hidden file', JSON.stringify({ generation, files: [{ name: '.npmrc', bytes: 0, sha256 }] })],
    ['more than fits', JSON.stringify({ generation, files: Array.from({ length: 3 }, (_, index) => ({ name: `a${index}.json`, bytes: 2 ** 31, sha256 })) })],
    ['another field', JSON.stringify({ generation, files: [], run: 'rm' })],
    ['a file that is not there', JSON.stringify({ generation, files: [{ name: 'a.json', bytes: 1, sha256 }] })],
    ['a file of another hash', JSON.stringify({ generation, files: [{ name: 'a.json', bytes: 0, sha256: sha256.replace('e', 'f') }] })],
  ])('%s is refused, and nothing is written', async (_, text) => {
    await redis.set('hostile', text);
    await expect(download(redis, 'hostile', join(folder, 'hostile'))).rejects.toMatchObject({ code: 'bad-data' });
    expect(await readdir(join(folder, 'hostile')).catch(() => [])).toEqual([]);
  });
});
