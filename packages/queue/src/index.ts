export { queueExecutor, type QueueOptions } from './queue-executor.js';
export { work, type WorkOptions } from './worker.js';
