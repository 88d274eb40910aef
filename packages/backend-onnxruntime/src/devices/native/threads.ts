import { availableParallelism } from 'node:os';

/** Threads of each session: the machine's cores, or UNMASK_THREADS. */
export const THREADS = Number(process.env.UNMASK_THREADS) || availableParallelism();
