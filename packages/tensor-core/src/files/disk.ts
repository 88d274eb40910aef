import type * as FileSystem from 'node:fs/promises';
import { UnmaskError } from '../errors.js';
import { type Content, type PathFacts, piecesOf, type Source, type Volume } from './volume.js';

/**
 * Node's file system, or undefined in a browser. It is asked for at run time, and not imported, so that a bundle for a
 * browser needs no stand-in for it.
 */
const fileSystem = (globalThis.process as Partial<NodeJS.Process> | undefined)?.getBuiltinModule?.('node:fs/promises');

function disk(): typeof FileSystem {
  if (fileSystem) return fileSystem;
  throw new UnmaskError('there is no disk here, as in a browser: give a web address, a path of a mounted volume (mountVolume), or one that begins with memory:', { code: 'unsupported' });
}

/** The machine's own files, in Node and what is like it. */
export const diskVolume: Volume = {
  async facts(path): Promise<PathFacts | undefined> {
    const found = await unlessMissing(disk().stat(path));
    return found && { kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other', size: found.size };
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
};

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
