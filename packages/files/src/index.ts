export { acquireLock, type Lock, type LockTimes } from './lock.js';
export { thisProcess, type ProcessIdentity } from './process-identity.js';
