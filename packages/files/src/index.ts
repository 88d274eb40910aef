import { isOnDisk } from '@unmask/tensor-core';
import { acquireLocalLock } from './local-lock.js';
import { acquireFileLock, type Lock, type LockTimes } from './lock.js';

export { type Holding, isHolding, type Lock, type LockTimes } from './lock.js';
export { thisProcess, type ProcessIdentity } from './process-identity.js';

/** Takes a lock, or says that another process has it: by a file, as {@link acquireFileLock}, or within this process for what is not on a disk. */
export const acquireLock = (path: string, times?: LockTimes): Promise<Lock | undefined> =>
  isOnDisk(path) ? acquireFileLock(path, times) : Promise.resolve(acquireLocalLock(path));
