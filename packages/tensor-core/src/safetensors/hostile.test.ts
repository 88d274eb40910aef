import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { attempt, HOSTILE_TIMEOUT, hostileBytes, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { openCheckpoint, writeSafetensors, type WritableTensor } from './index.js';

/** Files that are meant to crash the process, to hang it, or to give it what they do not hold. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const TENSORS: readonly WritableTensor[] = [
  { name: 'a', dtype: 'F32', shape: [2, 3], data: new Float32Array(6) },
  { name: 'b.weight', dtype: 'F16', shape: [4], data: new Uint8Array(8) },
  { name: 'c', dtype: 'I64', shape: [], data: new Uint8Array(8) },
  { name: 'd', dtype: 'F32', shape: [0, 5], data: new Float32Array(0) },
];

async function wellFormed(): Promise<{ bytes: Uint8Array; header: object; data: Uint8Array }> {
  const path = join(folder, 'well-formed.safetensors');
  await writeSafetensors(path, TENSORS);
  const bytes = new Uint8Array(await readFile(path));
  const end = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return { bytes, header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as object, data: bytes.subarray(end) };
}

/** Reads every tensor of a checkpoint. @returns their names */
async function readAll(path: string, bytes = Infinity): Promise<string[]> {
  const checkpoint = await openCheckpoint(path);
  try {
    for (const [name, { begin, end }] of checkpoint.entries) {
      expect(begin).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(bytes);
      await checkpoint.readFloat32(name);
      await checkpoint.readBytes(name);
    }
    return [...checkpoint.entries.keys()];
  } finally {
    await checkpoint.close();
  }
}

const tryFile = async (bytes: Uint8Array) => {
  const path = join(folder, 'model.safetensors');
  await writeFile(path, bytes);
  await attempt(() => readAll(path, bytes.length));
};

test('damaged files', async () => {
  const { bytes } = await wellFormed();
  await fc.assert(fc.asyncProperty(hostileBytes(bytes), tryFile), hostileRuns(200));
}, HOSTILE_TIMEOUT);

test('absurd headers, of the length that they say or of another', async () => {
  const { header, data } = await wellFormed();
  const length = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { freq: 8 });
  const property = fc.asyncProperty(hostileJson(header), length, async (text, claimed) => {
    const encoded = Buffer.from(text);
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(claimed ?? BigInt(encoded.length));
    await tryFile(Buffer.concat([prefix, encoded, data]));
  });
  await fc.assert(property, hostileRuns(200));
}, HOSTILE_TIMEOUT);

test('absurd indices never reach outside of the folder', async () => {
  const inner = join(folder, 'model');
  await mkdir(join(inner, 'folder.safetensors'), { recursive: true });
  const [first, second, outside] = ['a', 'b', 'outside'].map((name): WritableTensor => ({ name, dtype: 'F32', shape: [1], data: Float32Array.of(1) }));
  await writeSafetensors(join(folder, 'outside.safetensors'), [outside]);
  await writeSafetensors(join(inner, 'm-1.safetensors'), [first]);
  await writeSafetensors(join(inner, 'm-2.safetensors'), [second]);
  const index = { metadata: { total_size: 8 }, weight_map: { a: 'm-1.safetensors', b: 'm-2.safetensors' } };
  const shard = fc.constantFrom('../outside.safetensors', '..', '.', '', '/etc/hosts', 'm-1.safetensors/../../outside.safetensors', 'a\0b.safetensors', 'm-3.safetensors', 'folder.safetensors');
  const texts = fc.oneof(
    hostileJson(index),
    hostileBytes(new TextEncoder().encode(JSON.stringify(index))),
    fc.tuple(fc.constantFrom('a', 'outside'), shard).map(([name, file]) => JSON.stringify({ weight_map: { ...index.weight_map, [name]: file } })),
  );
  const property = fc.asyncProperty(texts, async (text) => {
    await writeFile(join(inner, 'model.safetensors.index.json'), text);
    expect((await attempt(() => readAll(inner))) ?? []).not.toContain('outside');
  });
  await fc.assert(property, hostileRuns(200));
}, HOSTILE_TIMEOUT);
