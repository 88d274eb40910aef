import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Milliseconds from one sign of life of a lock's holder to the next. */
const HEARTBEAT = 10_000;
/** Milliseconds without one after which a holder on another machine counts as dead. */
const STALE = 120_000;

/** Who holds a lock. */
interface Holder {
  readonly token: string;
  readonly host: string;
  readonly process: number;
}

/** A file that one process at a time can hold. */
export interface Lock {
  /** Removes the file, if it is still this process's. */
  release(): Promise<void>;
}

/**
 * Takes a lock, or says that another process has it. A lock whose process has died is taken over: at once when it was on
 * this machine, else when it has shown no sign of life for two minutes. Should two processes take over the same lock at the
 * same moment, both may go on: what they write is the same, and written whole.
 * @param path of the lock's file, in a folder that exists
 */
export async function acquireLock(path: string): Promise<Lock | undefined> {
  const holder: Holder = { token: randomUUID(), host: hostname(), process: process.pid };
  const own = `${path}.${holder.token}.tmp`;
  await writeFile(own, JSON.stringify(holder));
  try {
    if (!(await linked(own, path))) {
      if (!(await isStale(path))) return undefined;
      await rename(own, path); // takes its place at once
    }
  } finally {
    await rm(own, { force: true });
  }
  const beat = () => void utimes(path, new Date(), new Date()).catch(() => undefined);
  const heart = setInterval(beat, HEARTBEAT).unref();
  return {
    release: async () => {
      clearInterval(heart);
      if ((await holderOf(path))?.token === holder.token) await rm(path, { force: true });
    },
  };
}

/** Gives a file a second name, unless something has that name. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const seen = await stat(path).catch(() => undefined);
  if (!seen) return true;
  const holder = await holderOf(path);
  const silent = Date.now() - seen.mtimeMs > STALE;
  return holder?.host === hostname() ? !isAlive(holder.process) : silent;
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined; // gone, or cut off
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
