export { applyDelta, type Delta, type DenseDelta, type SparseDelta } from './delta.js';
export { loadDelta, saveDelta, type DeltaMetadata, type LoadedDelta } from './delta-file.js';
export { allAtOnce, uniform, type UniformOptions, type UnmaskSchedule } from './schedule.js';
export { fullFineTuning, selective, type SelectiveOptions, type Strategy } from './selective.js';
export type { SelectiveTraining, StepReport } from './selective-training.js';
