import type { HistoryLine, Predictions } from '@unmask/trainer';
import type { RunResult } from '../result.js';
import type { RunSettings } from '../settings.js';

/** Name of the file that tells why a run ended in an error. */
export const FAILURE = 'failure.json';

/** A run that has its result. */
export interface StoredRun {
  readonly folder: string;
  readonly result: RunResult;
  /** In the order of writing; empty for a run without this file. */
  readonly history: readonly HistoryLine[];
  /** By evaluation split; empty for a run without this file. */
  readonly predictions: readonly Predictions[];
}

/** A run whose files are not what they have to be. */
export interface DamagedRun {
  readonly folder: string;
  readonly problem: string;
}

/** A run that ended in an error. */
export interface FailedRun {
  readonly folder: string;
  readonly settings: RunSettings;
  readonly error: string;
  /** ISO 8601. */
  readonly failedAt: string;
}
