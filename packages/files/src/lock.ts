import { randomUUID } from 'node:crypto';
import { constants, copyFile, type FileHandle, link, open, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnmaskError } from '@unmask/tensor-core';
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.js';

/** When a lock's holder shows that it lives, and when others believe that it does not; milliseconds. */
export interface LockTimes {
  /** From one sign of life to the next; 5,000 by default. */
  readonly heartbeat: number;
  /** How long a holder that cannot be looked up is watched before it counts as dead; 30,000 by default. */
  readonly patience: number;
}

const TIMES: LockTimes = { heartbeat: 5000, patience: 30_000 };

/** One holding of a lock: what tells it from all others, for processes that work under it. */
export interface Holding {
  /** Of the lock's file. */
  readonly path: string;
  readonly token: string;
}

/** A file that one process at a time holds. */
export interface Lock extends Holding {
  /** False once another process has taken the lock over, as it may from one that stood still for long. */
  isHeld(): Promise<boolean>;
  /** Removes the file, if it is still this process's. */
  release(): Promise<void>;
}

/**
 * Takes a lock, or says that another process has it. A lock whose holder has died is taken over: at once when its process can
 * be looked up from here (the same start of the same machine, the same container), else when its file has stood still for
 * `patience` while this process watched it, so that neither clocks that differ nor process numbers that are used again matter.
 * Of several that would take over, one does.
 * @param path of the lock's file, in a folder that exists; drafts named after it come and go beside it
 * @throws UnmaskError when something else has the name of the lock's file
 */
export async function acquireFileLock(path: string, times: LockTimes = TIMES): Promise<Lock | undefined> {
  const token = randomUUID();
  const draft = `${path}.${token}.tmp`;
  try {
    await writeFile(draft, JSON.stringify({ token, ...thisProcess() }));
    await claim(draft, path);
    const seen = await read(path);
    if (seen?.token !== token) {
      if (seen && !(await removeDead(path, seen, times))) return undefined;
      await claim(draft, path);
    }
  } finally {
    await rm(draft, { force: true });
  }
  const isHeld = () => isHolding({ path, token });
  if (!(await isHeld())) return undefined;
  await sweep(path);
  const beat = async () => {
    if (await isHeld()) await utimes(path, new Date(), new Date());
  };
  const heart = setInterval(() => void beat().catch(() => undefined), times.heartbeat).unref();
  return {
    path,
    token,
    isHeld,
    release: async () => {
      clearInterval(heart);
      if (!(await isHeld())) return;
      await sweep(path);
      await rm(path, { force: true });
    },
  };
}

/** Whether a lock is still held as it was. */
export const isHolding = async ({ path, token }: Holding): Promise<boolean> => (await read(path))?.token === token;

/** A lock's file at one moment. */
interface Sight {
  /** Who holds it, and what tells this holding from all others; neither in a damaged file. */
  readonly holder?: ProcessIdentity;
  readonly token?: string;
  /** Another one after each sign of life. */
  readonly beat: number;
}

/** What is at a lock's path, undefined for nothing. To open the file brings its times up to date on network file systems. */
async function read(path: string): Promise<Sight | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new UnmaskError(`${path} is no file, and a lock needs its name: move it away`);
    return { beat: status.mtimeMs, ...parsed(await file.readFile('utf8')) };
  } finally {
    await file.close();
  }
}

function parsed(text: string): Pick<Sight, 'holder' | 'token'> {
  try {
    const { token, ...holder } = JSON.parse(text) as ProcessIdentity & { token: string };
    return { token, holder };
  } catch {
    return {};
  }
}

const isSame = (left: Sight | undefined, right: Sight) => left?.token === right.token && left?.beat === right.beat;

/** Gives the draft the lock's name too, unless something has that name or the lock's holder has swept the draft away. */
async function claim(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (['EEXIST', 'ENOENT'].includes(codeOf(error))) return;
    await copyFile(draft, path, constants.COPYFILE_EXCL).catch((copying: unknown) => {
      if (codeOf(copying) !== 'EEXIST') throw copying;
    }); // a file system without hard links
  }
}

/** Frees a lock whose holder is dead. @returns false if it lives, or if another process is about to free it */
async function removeDead(path: string, seen: Sight, times: LockTimes): Promise<boolean> {
  if (await lives(path, seen, times)) return false;
  const right = await acquireFileLock(`${path}.takeover`, times);
  if (!right) return false;
  try {
    if (isSame(await read(path), seen)) await rm(path, { force: true });
  } finally {
    await right.release();
  }
  return true;
}

/** Looks the holder up, or watches for its next sign of life. */
async function lives(path: string, seen: Sight, { heartbeat, patience }: LockTimes): Promise<boolean> {
  const known = seen.holder && isAlive(seen.holder);
  if (known !== undefined) return known;
  const pause = heartbeat / 4;
  for (let watched = 0; watched < patience; watched += pause) {
    await sleep(pause);
    const now = await read(path);
    if (!isSame(now, seen)) return now !== undefined;
  }
  return false;
}

/** Deletes the drafts that killed processes have left beside a lock that this process holds. */
async function sweep(path: string): Promise<void> {
  const names = await readdir(dirname(path));
  await Promise.all(names.filter((name) => name.startsWith(`${basename(path)}.`)).map((name) => rm(join(dirname(path), name), { force: true })));
}

const codeOf = (error: unknown) => String((error as NodeJS.ErrnoException).code);
