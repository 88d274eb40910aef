export { runExperiment, type RunContext, type RunHooks } from './experiment.js';
export { expandGrid, planGrid, type Cell, type Grid } from './grid.js';
export { readGridFile, type GridFile } from './grid-file.js';
export { runGrid, type GridContext, type GridHooks, type GridOutcome } from './run-grid.js';
export type { RunResult } from './result.js';
export { DEFAULT_SETTINGS, runName, type RunSettings } from './settings.js';
export { RunStore, type RunStatus, type StoredRuns } from './store/run-store.js';
export type { DamagedRun, FailedRun, StoredRun } from './store/run-files.js';
export * from './inspect/index.js';
