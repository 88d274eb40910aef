import { acquireLocalLock } from './local-lock.js';
import type { Lock } from './lock.js';

export type { Lock } from './lock.js';

/** Takes a lock, or says that something else in this page has it: all that a page writes to is its own. */
export const acquireLock = (path: string): Promise<Lock | undefined> => Promise.resolve(acquireLocalLock(path));
