import { UnmaskError } from '../errors.js';
import type { Content, PathFacts, Source } from './volume.js';
import { volumeOf } from './volumes.js';

/** What is at a path, or undefined. @throws UnmaskError when it cannot be told */
export async function factsOf(path: string): Promise<PathFacts | undefined> {
  return guarded('look at', path, volumeOf(path).facts(path));
}

/** Whether a path is that of a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await factsOf(path).catch(() => undefined))?.kind === 'folder';
}

/** Names in a folder, sorted; undefined when there is no such folder. @throws UnmaskError when it cannot be read */
export async function namesIn(folder: string): Promise<string[] | undefined> {
  const names = await guarded('read the folder', folder, volumeOf(folder).list(folder));
  return names && [...names].sort();
}

/**
 * Opens a file for reading; a pipe or a device is refused, since opening one would wait for somebody to write. Close it.
 * @throws UnmaskError `not-found`, or `bad-file` when it is no file
 */
export async function openSource(path: string): Promise<Source> {
  const volume = volumeOf(path);
  const facts = await guarded('open', path, volume.facts(path));
  if (!facts) throw new UnmaskError(`cannot open ${path} (ENOENT)`, { code: 'not-found' });
  if (facts.kind !== 'file') throw new UnmaskError(`${path} is damaged: it is no file; download or export it again`, { code: 'bad-file' });
  return guarded('open', path, volume.open(path));
}

/** Longest file that is read as a whole, in bytes; the largest vocabularies take a third of it. */
const LONGEST = 100_000_000;

/**
 * A text file's content, or undefined when there is no such file.
 * @throws UnmaskError when it is no file, cannot be read, or is too long
 */
export async function readText(path: string): Promise<string | undefined> {
  const volume = volumeOf(path);
  const facts = await guarded('read', path, volume.facts(path));
  if (!facts) return undefined;
  if (facts.kind !== 'file' || facts.size > LONGEST) throw new UnmaskError(`${path} is no file of at most ${LONGEST} bytes: download or export it again`, { code: 'bad-file' });
  const source = await guarded('read', path, volume.open(path));
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

/** Writes a file whole or not at all. */
export const writeWhole = (path: string, content: Content): Promise<void> => volumeOf(path).write(path, content);

/** Adds to the end of a file, which is made if need be. */
export const appendTo = (path: string, content: string | Uint8Array): Promise<void> => volumeOf(path).append(path, content);

/** Makes a folder and those around it, if need be. */
export const ensureFolder = (path: string): Promise<void> => volumeOf(path).makeFolder(path);

/** Gives a file or a folder another name within its volume. */
export const renamePath = (from: string, to: string): Promise<void> => volumeOf(from).rename(from, to);

/** Deletes a file, or a folder with all that is in it; nothing if it is not there. */
export const removePath = (path: string): Promise<void> => volumeOf(path).remove(path);

/** Deletes a folder if nothing is in it. */
export const removeEmptyFolder = (path: string): Promise<void> => volumeOf(path).removeEmpty(path);

/** Copies a file, a few megabytes at a time. */
export async function copyPath(from: string, to: string): Promise<void> {
  const source = await openSource(from);
  try {
    await writeWhole(to, blocksOf(source));
  } finally {
    await source.close();
  }
}

const BLOCK = 2 ** 22;

/** A file's bytes, a few megabytes at a time. */
export async function* blocksOf(source: Source): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.size; offset += BLOCK) yield await source.read(offset, Math.min(BLOCK, source.size - offset));
}

async function guarded<T>(action: string, path: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    throw new UnmaskError(`cannot ${action} ${path} (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message})`, { code: 'not-found', cause });
  }
}
