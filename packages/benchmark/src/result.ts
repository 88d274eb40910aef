import type { TrainingResult } from '@unmask/trainer';
import type { RunSettings } from './settings.js';

/** One finished run: the content of its `result.json`. */
export interface RunResult extends TrainingResult, RunSettings {
  readonly data: string;
}
