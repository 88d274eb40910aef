import { runExperiment } from '../experiment.js';
import type { Executor } from './executor.js';

/** Carries out one run after the other in this process, on the engine that is active. */
export const inProcess: Executor = { width: 1, carryOut: runExperiment, close: () => Promise.resolve() };
