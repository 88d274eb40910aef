import type { Lock } from './lock.js';

/** Paths that are held in this process. */
const held = new Set<string>();

/** Takes a lock on what no other process sees, such as a path in memory, or says that it is taken. */
export function acquireLocalLock(path: string): Lock | undefined {
  if (held.has(path)) return undefined;
  held.add(path);
  return {
    path,
    token: path, // nothing else can hold it
    isHeld: () => Promise.resolve(held.has(path)),
    release: () => Promise.resolve(void held.delete(path)),
  };
}
