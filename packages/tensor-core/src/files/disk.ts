import type * as FileSystem from 'node:fs/promises';
import type * as OperatingSystem from 'node:os';
import type * as Paths from 'node:path';
import { UnmaskError } from '../errors.js';
import { builtin } from './builtin.js';
import { joinPath } from './paths.js';
import { type Content, type PathFacts, piecesOf, type Source, type Volume } from './volume.js';

const fileSystem = builtin<typeof FileSystem>('node:fs/promises');

function disk(): typeof FileSystem {
  if (fileSystem) return fileSystem;
  throw new UnmaskError('there is no disk here, as in a browser: give a web address, a path of a mounted volume (mountVolume), or one that begins with memory:', { code: 'unsupported' });
}

/** The machine's own files, in Node and what is like it. */
export const diskVolume: Volume = {
  async facts(path): Promise<PathFacts | undefined> {
    const own = await unlessMissing(disk().lstat(path));
    const isLink = own?.isSymbolicLink() ?? false;
    const found = isLink ? await unlessMissing(disk().stat(path)) : own;
    return found && { kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other', size: found.size, isLink };
  },

  list: (path) => unlessMissing(disk().readdir(path)),

  async open(path): Promise<Source> {
    const handle = await disk().open(path, 'r');
    const { size } = await handle.stat();
    return { size, close: () => handle.close(), read: (offset, length) => readExactly(path, handle, offset, length) };
  },

  async write(path, content): Promise<void> {
    const temporary = `${path}.${crypto.randomUUID()}.tmp`;
    try {
      await writeTo(await disk().open(temporary, 'wx'), content);
      await disk().rename(temporary, path);
    } catch (error) {
      await disk().rm(temporary, { force: true });
      throw error;
    }
  },

  append: (path, content) => disk().appendFile(path, content),

  async makeFolder(path): Promise<void> {
    await disk().mkdir(path, { recursive: true });
  },

  async rename(from, to): Promise<void> {
    await disk().rmdir(to).catch(() => undefined); // not every system renames onto an empty folder
    await disk().rename(from, to);
  },

  remove: (path) => disk().rm(path, { recursive: true, force: true }),

  removeEmpty: (path) => disk().rmdir(path).catch(() => undefined),
};

/** A path of the disk from its root on. */
export const absolute = (path: string): string => builtin<typeof Paths>('node:path')?.resolve(path) ?? path;

/** Makes a folder for what need not stay; undefined where there is no disk. */
export async function temporaryFolder(): Promise<string | undefined> {
  if (!fileSystem) return undefined;
  return fileSystem.mkdtemp(joinPath(builtin<typeof OperatingSystem>('node:os')!.tmpdir(), 'unmask-'));
}

async function writeTo(file: FileSystem.FileHandle, content: Content): Promise<void> {
  try {
    for await (const piece of piecesOf(content)) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readExactly(path: string, handle: FileSystem.FileHandle, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw new UnmaskError(`${path} ended ${length - done} bytes early: download or export it again`, { code: 'bad-file' });
    done += bytesRead;
  }
  return bytes;
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
