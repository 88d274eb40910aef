import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hashOf, leftoversOf, partialOf, sizeOf } from './cache.js';
import type { HubClient } from './client.js';
import { isPassing } from './patient-fetch.js';

/** What a download has to become. */
export interface Expected {
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal; unknown for small files. */
  readonly sha256: string | undefined;
}

/**
 * Downloads a file's content to `blob`, going on with what earlier processes have left of this very content, which the name of
 * the blob tells. It gets its name when its length and SHA-256 are right.
 * @throws Error for a connection that breaks off again and again, or content that is not what was announced
 */
export async function download(client: HubClient, path: string, { size, sha256 }: Expected, blob: string): Promise<void> {
  const partial = partialOf(blob);
  await adopt(blob, partial, size);
  for (;;) {
    const isResumed = ((await sizeOf(partial)) ?? 0) > 0;
    await complete(client, path, partial, size);
    if (sha256 === undefined || (await hashOf(partial)) === sha256) break;
    await rm(partial);
    if (!isResumed) throw new Error(`${path} arrived with another SHA-256 than ${sha256}, which the hub announced`);
  }
  await rename(partial, blob);
}

/** Takes over the longest of the parts that are there, and deletes the others. */
async function adopt(blob: string, partial: string, size: number): Promise<void> {
  const left = await Promise.all((await leftoversOf(blob)).map(async (name) => ({ name, length: (await sizeOf(name)) ?? 0 })));
  const [longest] = left.filter(({ length }) => length > 0 && length <= size).sort((one, other) => other.length - one.length);
  if (longest) await rename(longest.name, partial);
  await Promise.all(left.filter((part) => part !== longest).map(({ name }) => rm(name, { force: true })));
}

/** Progress after which an answer that broke off counts as the first again, in bytes. */
const PROGRESS = 2 ** 20;

/** Appends what is missing of a file, again when the connection breaks off. */
async function complete(client: HubClient, path: string, partial: string, size: number): Promise<void> {
  let patience = client.patience();
  for (let before = 0; ; ) {
    await append(client, path, partial, size).catch((error: unknown) => {
      if (!isPassing(error)) throw error;
    });
    const received = (await sizeOf(partial)) ?? 0;
    if (received === size) return;
    if (received - before >= PROGRESS) patience = client.patience();
    before = received;
    if (!(await patience.more())) throw new Error(`${received} bytes arrived of ${path}, which has ${size}`);
  }
}

async function append(client: HubClient, path: string, partial: string, size: number): Promise<void> {
  const done = await sizeOf(partial);
  if (done === size) return;
  const { body, from } = await client.open(path, done ?? 0, size);
  let received = from;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > size) throw new Error(`more bytes arrive of ${path} than the ${size} that were announced`);
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.fromWeb(body), counted, createWriteStream(partial, { flags: from === 0 ? 'w' : 'a' }));
  } catch (error) {
    if (received > size) await rm(partial); // of another file, or of none
    throw error;
  }
}
