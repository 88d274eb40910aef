import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, readlink, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from '@unmask/files';
import type { FileDescription } from './client.js';
import { type HubOptions, type HubRepository, SHA256 } from './repository.js';

/** Milliseconds from one look at a file that another process is downloading to the next. */
const LOCK_POLL = 500;

/**
 * One repository in the cache that Hugging Face's libraries share: contents in `blobs`, named by their ETags; under
 * `snapshots/<commit>` the files of a commit, links to blobs (or the contents themselves where there can be no links); in
 * `refs` the commits of branches and tags.
 */
export class HubCache {
  /** The folder of all repositories. */
  readonly root: string;
  readonly #revision: string;
  readonly #name: string;

  constructor({ type, name, revision }: HubRepository, { cacheDirectory = defaultCache() }: HubOptions) {
    this.root = cacheDirectory;
    this.#revision = revision;
    this.#name = `${type}s--${name.replaceAll('/', '--')}`;
  }

  /** The folder of a commit's files. */
  snapshot(commit: string): string {
    return join(this.root, this.#name, 'snapshots', commit);
  }

  /** The snapshot of the revision, as far as the cache knows it. */
  async known(): Promise<string> {
    const commit = await readFile(this.#ref(), 'utf8').catch(() => '');
    return this.snapshot(/^[\w.-]+$/.test(commit.trim()) ? commit.trim() : this.#revision);
  }

  /** Remembers which commit the revision is, where the cache can be written to: one that has all files need not be. */
  async remember(commit: string | undefined): Promise<void> {
    if (commit === undefined || commit === this.#revision) return;
    await mkdir(dirname(this.#ref()), { recursive: true }).then(() => writeFile(this.#ref(), commit)).catch(() => undefined);
  }

  /**
   * Puts a file into a snapshot, unless it is there, alone among all processes.
   * @param download makes the content, under a temporary name that begins with the blob's path, then renames it to that
   * @returns the file's path
   */
  async place(path: string, description: FileDescription, download: (blob: string) => Promise<void>): Promise<string> {
    const pointer = join(this.snapshot(description.commit ?? this.#revision), ...path.split('/'));
    const name = blobName(description.etag, path);
    const isThere = () => isCurrent(pointer, name, description);
    if (await isThere()) return pointer;
    const blob = join(this.root, this.#name, 'blobs', name);
    await Promise.all([dirname(blob), dirname(pointer), this.#locks()].map((folder) => mkdir(folder, { recursive: true })));
    const lock = await this.#lock(name);
    try {
      if (await isThere()) return pointer;
      const isNew = !(await holds(blob, name, description.size));
      if (isNew) await download(blob);
      await point(pointer, blob, isNew);
      return pointer;
    } finally {
      await lock.release();
    }
  }

  #ref(): string {
    return join(this.root, this.#name, 'refs', ...this.#revision.split('/'));
  }

  #locks(): string {
    return join(this.root, '.locks', this.#name);
  }

  async #lock(name: string) {
    for (;;) {
      const lock = await acquireLock(join(this.#locks(), `${name}.unmask.json`));
      if (lock) return lock;
      await sleep(LOCK_POLL);
    }
  }
}

/** A file's length in bytes, undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

/** A file's SHA-256, or another hash of `prefix` and the file, in hexadecimal. */
export async function hashOf(path: string, algorithm = 'sha256', prefix = ''): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What earlier processes left of a blob that they did not finish. @returns paths */
export async function leftoversOf(blob: string): Promise<string[]> {
  const names = await readdir(dirname(blob));
  return names.filter((name) => name.startsWith(`${basename(blob)}.`) && name.endsWith('.partial')).map((name) => join(dirname(blob), name));
}

/** A name for a partial or provisional form of a blob that no other process has. */
export const partialOf = (blob: string) => `${blob}.${process.pid}-${randomUUID()}.partial`;

function defaultCache(): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return (HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE || join(home, 'hub')).replace(/^~(?=[\\/]|$)/, homedir());
}

const GIT_SHA1 = /^[0-9a-f]{40}$/;

/** Blobs are named by their ETags where these are hashes of the content; another one says little without the path. */
function blobName(etag: string, path: string): string {
  return GIT_SHA1.test(etag) || SHA256.test(etag) ? etag : createHash('sha256').update(`${etag} ${path}`).digest('hex');
}

/** Whether a snapshot has a file with the right content: of its length, and in a snapshot that is of no commit a link to the right blob. */
async function isCurrent(pointer: string, name: string, { size, commit }: FileDescription): Promise<boolean> {
  if ((await sizeOf(pointer)) !== size) return false;
  return commit !== undefined || basename(await readlink(pointer).catch(() => '')) === name;
}

/** Whether a blob is whole, as can be told of names that are hashes. */
async function holds(blob: string, name: string, size: number): Promise<boolean> {
  if ((await sizeOf(blob)) !== size) return false;
  return (GIT_SHA1.test(name) ? await hashOf(blob, 'sha1', `blob ${size}\0`) : await hashOf(blob)) === name;
}

/** Links a file of a snapshot to its blob; where links are not possible, a new blob is moved there, another one copied. */
async function point(pointer: string, blob: string, isNew: boolean): Promise<void> {
  const provisional = partialOf(blob);
  try {
    if (/^(1|on|yes|true)$/i.test(process.env.HF_HUB_DISABLE_SYMLINKS ?? '')) throw new Error('no links wanted');
    await symlink(relative(dirname(pointer), blob), provisional);
  } catch {
    await (isNew ? rename : copyFile)(blob, provisional);
  }
  await rename(provisional, pointer);
}
