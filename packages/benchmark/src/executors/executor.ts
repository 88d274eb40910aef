import type { Lock } from '@unmask/files';
import type { RunContext } from '../experiment.js';
import type { RunResult } from '../result.js';
import type { RunSettings } from '../settings.js';

/** Where and under what a run is carried out. */
export interface ExecutionContext extends RunContext {
  /** Of the run's folder; the executor's caller holds it. */
  readonly lock: Lock;
}

/** Carries out runs: in this process, in others, or on other machines. */
export interface Executor {
  /** How many runs it takes at a time. */
  readonly width: number;
  /**
   * Carries out one run, from its last saved state if there is one, and leaves its files in its folder under the context's `out`.
   * @throws UnmaskError as `runExperiment`; `interrupted` after the context's signal, once the run's state is saved
   */
  carryOut(settings: RunSettings, context: ExecutionContext): Promise<RunResult>;
  /** Ends what it has started. */
  close(): Promise<void>;
}
