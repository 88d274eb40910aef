import { UnmaskError } from '../errors.js';
import { absolute, diskVolume, temporaryFolder } from './disk.js';
import { MemoryVolume } from './memory.js';
import { remoteVolume } from './remote.js';
import type { Volume } from './volume.js';

/** Volumes by the first part of their paths, `name:`; all other paths are of the disk. */
const VOLUMES = new Map<string, Volume>([
  ['memory', new MemoryVolume()],
  ['http', remoteVolume],
  ['https', remoteVolume],
]);

/**
 * Lets paths that begin with `name:` be those of a volume: `loadPretrained('dropped:model')` then reads from it.
 * @param name of two or more letters: a single one is a drive of Windows
 * @returns a function that takes it out again
 * @throws UnmaskError for a name that is none or is in use
 */
export function mountVolume(name: string, volume: Volume): () => void {
  if (!/^[a-z][a-z0-9-]+$/.test(name)) throw new UnmaskError(`a volume cannot be called "${name}": give two or more small letters, digits or hyphens`);
  if (VOLUMES.has(name)) throw new UnmaskError(`there is a volume "${name}" already: give another name`);
  VOLUMES.set(name, volume);
  return () => void VOLUMES.delete(name);
}

/** The volume that a path is of. */
export function volumeOf(path: string): Volume {
  const name = /^([a-z][a-z0-9-]+):/.exec(path)?.[1];
  return (name !== undefined && VOLUMES.get(name)) || diskVolume;
}

/** Whether a path is one of the disk. */
export const isOnDisk = (path: string): boolean => volumeOf(path) === diskVolume;

/** A path that means the same wherever the process goes on: one of the disk from its root on, others as they are. */
export const absolutePath = (path: string): string => (isOnDisk(path) ? absolute(path) : path);

/** Makes a folder for what need not stay: on the disk, or in memory where there is none. Remove it. */
export const makeTemporaryFolder = async (): Promise<string> => (await temporaryFolder()) ?? `memory:temporary/${crypto.randomUUID()}`;

/**
 * Lets files that a user has chosen on a page be read by paths; nothing is copied.
 * @returns the folder that they are in, and a function that takes them out again
 */
export function mountFiles(files: Iterable<File>): { readonly folder: string; readonly unmount: () => void } {
  const volume = `files-${crypto.randomUUID()}`;
  const folder = `${volume}:files`;
  return { folder, unmount: mountVolume(volume, new MemoryVolume(Array.from(files, (file) => [`${folder}/${file.name}`, file] as const))) };
}
