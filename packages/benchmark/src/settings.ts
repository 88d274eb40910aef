import { DEFAULT_TRAINING, trainingName, type TrainingSettings } from '@unmask/trainer';

/** What makes two runs the same run: equal settings give equal bits on the same engine. */
export interface RunSettings extends TrainingSettings {
  /** A data folder, `hub` for the task's data on the Hugging Face hub, or `synthetic`. */
  readonly data: string;
  /** Examples taken of each split; null for all. */
  readonly limit: number | null;
}

/** What need not be said of a run. */
export const DEFAULT_SETTINGS = { ...DEFAULT_TRAINING, limit: null } as const satisfies Partial<RunSettings>;

/** The folder name of a run: readable, and different for different settings. */
export const runName = (settings: RunSettings): string => trainingName(settings, DEFAULT_SETTINGS);
