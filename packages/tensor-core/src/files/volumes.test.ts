import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendTo, copyPath, ensureFolder, factsOf, folderOf, isFolder, joinPath, MemoryVolume, mountVolume, namesIn, nameOf, absolutePath, extensionOf, isOnDisk, makeTemporaryFolder, openCheckpoint, openSource, readText, removeEmptyFolder, removePath, renamePath, SafetensorsFile, stemOf, writeSafetensors, writeWhole } from '../index.js';

let disk: string;
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'volumes-'));
});
afterAll(() => rm(disk, { recursive: true }));

/** Two kinds of volume that can be written to, by a folder in each. */
const FOLDERS: readonly [string, () => string][] = [
  ['disk', () => disk],
  ['memory', () => 'memory:volumes'],
];

describe.each(FOLDERS)('%s', (_name, root) => {
  const at = (...names: string[]) => joinPath(root(), ...names);

  test('files are written whole, read in parts, added to, copied, renamed and deleted', async () => {
    await ensureFolder(at('folder'));
    await writeWhole(at('folder', 'a.txt'), ['ab', new Uint8Array([99, 100])]);
    await appendTo(at('folder', 'a.txt'), 'ef');
    expect(await readText(at('folder', 'a.txt'))).toBe('abcdef');
    const source = await openSource(at('folder', 'a.txt'));
    expect(source.size).toBe(6);
    expect(Array.from(await source.read(2, 3))).toEqual([99, 100, 101]);
    await expect(source.read(4, 3)).rejects.toThrow(/ended 1 bytes early/);
    await source.close();
    await copyPath(at('folder', 'a.txt'), at('folder', 'b.txt'));
    await renamePath(at('folder', 'a.txt'), at('folder', 'c.txt'));
    expect(await namesIn(at('folder'))).toEqual(['b.txt', 'c.txt']);
    await removePath(at('folder', 'b.txt'));
    await renamePath(at('folder'), at('moved'));
    expect(await readText(at('moved', 'c.txt'))).toBe('abcdef');
    expect(await factsOf(at('moved'))).toMatchObject({ kind: 'folder' });
    await removePath(at('moved'));
    expect(await isFolder(at('moved'))).toBe(false);
  });

  test('a content that fails leaves what was there', async () => {
    await ensureFolder(at('kept'));
    await writeWhole(at('kept', 'a'), 'first');
    const broken = (function* () {
      yield 'sec';
      throw new Error('no more');
    })();
    await expect(writeWhole(at('kept', 'a'), broken)).rejects.toThrow('no more');
    expect(await readText(at('kept', 'a'))).toBe('first');
    expect(await namesIn(at('kept'))).toEqual(['a']);
  });

  test('what is missing is undefined, or an error with its path', async () => {
    expect(await factsOf(at('none'))).toBeUndefined();
    expect(await namesIn(at('none'))).toBeUndefined();
    expect(await readText(at('none'))).toBeUndefined();
    await expect(openSource(at('none'))).rejects.toThrow(at('none'));
    await removePath(at('none'));
  });

  test('a folder is deleted if it is empty', async () => {
    await ensureFolder(at('full', 'empty'));
    await removeEmptyFolder(at('full'));
    expect(await namesIn(at('full'))).toEqual(['empty']);
    await removeEmptyFolder(at('full', 'empty'));
    expect(await factsOf(at('full', 'empty'))).toBeUndefined();
    await removeEmptyFolder(at('none'));
  });

  test('safetensors files', async () => {
    await ensureFolder(at('model'));
    await writeSafetensors(at('model', 'model.safetensors'), [{ name: 'w', dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]);
    const checkpoint = await openCheckpoint(at('model'));
    expect(await checkpoint.readFloat32('w')).toEqual(Float32Array.of(1, 2));
    await checkpoint.close();
  });
});

test('a link is told from what it leads to', async () => {
  await writeWhole(join(disk, 'file'), 'abc');
  await symlink(join(disk, 'file'), join(disk, 'link'));
  expect(await factsOf(join(disk, 'link'))).toEqual({ kind: 'file', size: 3, isLink: true });
  expect(await factsOf(join(disk, 'file'))).toEqual({ kind: 'file', size: 3, isLink: false });
  await symlink(join(disk, 'nothing'), join(disk, 'dangling'));
  expect(await factsOf(join(disk, 'dangling'))).toBeUndefined();
});

test('a temporary folder is new, and on the disk where there is one', async () => {
  const [one, other] = [await makeTemporaryFolder(), await makeTemporaryFolder()];
  expect(one).not.toBe(other);
  expect(await isFolder(one)).toBe(true);
  await Promise.all([one, other].map(removePath));
});

test('files that a page was given are read when they are asked for', async () => {
  await writeSafetensors('memory:given.safetensors', [{ name: 'w', dtype: 'F32', shape: [1], data: Float32Array.of(3) }]);
  const source = await openSource('memory:given.safetensors');
  const blob = new Blob([await source.read(0, source.size)]);
  const unmount = mountVolume('dropped', new MemoryVolume([['dropped:my/model.safetensors', blob]]));
  try {
    expect(() => mountVolume('dropped', new MemoryVolume())).toThrow(/already/);
    expect(await namesIn('dropped:my')).toEqual(['model.safetensors']);
    const file = await SafetensorsFile.open('dropped:my/model.safetensors');
    expect(await file.readFloat32('w')).toEqual(Float32Array.of(3));
  } finally {
    unmount();
  }
  expect(() => mountVolume('C', new MemoryVolume())).toThrow(/single one is a drive|two or more/);
});

test.each([true, false])('a web server, whether or not it sends parts (%s)', async (parts) => {
  const content = Buffer.from('0123456789');
  const server = createServer((request, response) => {
    if (request.url !== '/folder/a.txt') return void response.writeHead(404).end();
    const range = parts ? /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') : null;
    const body = range ? content.subarray(Number(range[1]), Number(range[2]) + 1) : content;
    response.writeHead(range ? 206 : 200, { 'content-length': body.length, ...(parts ? { 'accept-ranges': 'bytes' } : {}) });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/folder`;
  try {
    expect(await readText(joinPath(address, 'a.txt'))).toBe('0123456789');
    const source = await openSource(joinPath(address, 'a.txt'));
    expect(new TextDecoder().decode(await source.read(3, 4))).toBe('3456');
    expect(await readText(joinPath(address, 'b.txt'))).toBeUndefined();
    await expect(writeWhole(joinPath(address, 'a.txt'), 'x')).rejects.toThrow(/nothing can be written/);
  } finally {
    server.close();
  }
});

test('paths', () => {
  expect(joinPath('a/', 'b', 'c')).toBe('a/b/c');
  expect(joinPath('/', 'b')).toBe('/b');
  expect([nameOf('a/b/c.txt'), nameOf('a/b/'), nameOf('c'), nameOf('x:y/z')]).toEqual(['c.txt', 'b', 'c', 'z']);
  expect(['a/b.c.CSV', 'a.b/c', '.bashrc', 'c.', 'x:y.jsonl'].map(extensionOf)).toEqual(['csv', '', '', '', 'jsonl']);
  expect(['a/b.c.csv', 'a.b/c', '.bashrc'].map(stemOf)).toEqual(['b.c', 'c', '.bashrc']);
  expect([absolutePath('memory:a'), isOnDisk('memory:a'), isOnDisk('a')]).toEqual(['memory:a', false, true]);
  expect(absolutePath('a')).toBe(join(process.cwd(), 'a'));
  expect([folderOf('a/b/c'), folderOf('c'), folderOf('/c')]).toEqual(['a/b', '.', '/']);
});
