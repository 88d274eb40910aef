export { acquireLock, type Lock, type LockTimes } from './lock.js';
