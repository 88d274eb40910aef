import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnmaskError } from '@unmask/tensor-core';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** Bytes of a file that go into one value of Redis. */
const CHUNK = 2 ** 20;
/** Most bytes that the files of a run may have together. */
const LARGEST = 2 ** 32;
const MOST_FILES = 16;
/** Seconds after which files go that nobody has fetched. */
const LIFETIME = 7 * 24 * 3600;
/** How often files are fetched anew that others replace meanwhile. */
const TRIES = 5;

const manifestSchema = z.strictObject({
  /** Tells these files from those that were there before under the same key. */
  generation: z.uuid(),
  files: z
    .array(z.strictObject({ name: z.string().regex(/^[a-z]\w*(\.\w+){1,4}$/).max(100), bytes: z.int().min(0).max(LARGEST), sha256: z.string().regex(/^[\da-f]{64}$/) }))
    .max(MOST_FILES)
    .refine((files) => files.reduce((sum, { bytes }) => sum + bytes, 0) <= LARGEST),
});
type Manifest = z.infer<typeof manifestSchema>;
type FileFacts = Manifest['files'][number];

const chunkKey = (key: string, { generation }: Manifest, file: number, chunk: number) => `${key}:${generation}:${file}:${chunk}`;
const chunksOf = ({ bytes }: Pick<FileFacts, 'bytes'>) => Math.ceil(bytes / CHUNK);

/**
 * Puts files under a key, in place of those that were there; until all of them are, the former ones stay.
 * @param names of files in the folder; those that are absent are left out
 * @throws UnmaskError when they are more than a queue may hold
 */
export async function upload(redis: Redis, key: string, folder: string, names: readonly string[]): Promise<void> {
  const manifest: Manifest = { generation: randomUUID(), files: [] };
  let total = 0;
  for (const name of names) {
    const size = await stat(join(folder, name)).then((facts) => facts.size, () => undefined);
    if (size === undefined) continue;
    total += size;
    if (total > LARGEST) throw new UnmaskError(`the files of a run have more than ${LARGEST / 2 ** 30} GiB, too much for a queue: use a shared folder and --shard`, { code: 'unsupported' });
    manifest.files.push(await put(redis, (chunk) => chunkKey(key, manifest, manifest.files.length, chunk), folder, name));
  }
  const former = await redis.set(key, JSON.stringify(manifest), 'EX', LIFETIME, 'GET');
  await removeChunks(redis, key, former);
}

async function put(redis: Redis, keyOf: (chunk: number) => string, folder: string, name: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  const file = await open(join(folder, name));
  try {
    let bytes = 0;
    for (const block = Buffer.alloc(CHUNK); ; ) {
      const { bytesRead } = await file.read(block, 0, CHUNK, bytes);
      if (bytesRead === 0) return { name, bytes, sha256: hash.digest('hex') };
      const part = block.subarray(0, bytesRead);
      hash.update(part);
      await redis.set(keyOf(Math.floor(bytes / CHUNK)), part, 'EX', LIFETIME);
      bytes += bytesRead;
      if (bytesRead < CHUNK) return { name, bytes, sha256: hash.digest('hex') };
    }
  } finally {
    await file.close();
  }
}

/**
 * Fetches the files under a key into a folder, which is made if need be: first all of them under temporary names, checked, and
 * then each under its own, in the order in which they were put.
 * @returns false when there are none
 * @throws UnmaskError `bad-data` for what no upload has left
 */
export async function download(redis: Redis, key: string, folder: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const manifest = parsed(key, await redis.get(key));
    if (!manifest) return false;
    await mkdir(folder, { recursive: true });
    const drafts = manifest.files.map(({ name }) => join(folder, `${name}.${randomUUID()}.tmp`));
    try {
      let isWhole = true;
      for (const [index, facts] of manifest.files.entries()) isWhole &&= await fetch(redis, (chunk) => chunkKey(key, manifest, index, chunk), facts, drafts[index]);
      if (isWhole) {
        for (const [index, { name }] of manifest.files.entries()) await rename(drafts[index], join(folder, name));
        return true;
      }
    } finally {
      await Promise.all(drafts.map((draft) => rm(draft, { force: true })));
    }
    if (attempt === TRIES) throw new UnmaskError(`the files under ${key} in the queue are not those that were put there`, { code: 'bad-data' });
  }
}

/** @returns whether it is the file that was put */
async function fetch(redis: Redis, keyOf: (chunk: number) => string, facts: FileFacts, path: string): Promise<boolean> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    let bytes = 0;
    for (let chunk = 0; chunk < chunksOf(facts); chunk++) {
      const part = await redis.getBuffer(keyOf(chunk));
      if (!part || part.length > CHUNK) return false;
      hash.update(part);
      await file.write(part);
      bytes += part.length;
    }
    return bytes === facts.bytes && hash.digest('hex') === facts.sha256;
  } finally {
    await file.close();
  }
}

/** Removes the files under a key. */
export async function remove(redis: Redis, key: string): Promise<void> {
  await removeChunks(redis, key, await redis.getdel(key));
}

async function removeChunks(redis: Redis, key: string, text: string | null): Promise<void> {
  const manifest = parsed(key, text);
  for (const [index, facts] of manifest?.files.entries() ?? []) {
    for (let chunk = 0; chunk < chunksOf(facts); chunk++) await redis.unlink(chunkKey(key, manifest!, index, chunk));
  }
}

function parsed(key: string, text: string | null): Manifest | undefined {
  if (text === null) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnmaskError(`what is under ${key} in the queue is no list of files`, { code: 'bad-data', cause });
  }
}
