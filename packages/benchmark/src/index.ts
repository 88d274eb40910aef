export { ensureWritableFolder, writeFileAtomically } from './files.js';
export { runExperiment, type RunContext, type RunHooks } from './experiment.js';
export { expandGrid, type Grid } from './grid.js';
export { adapters, getMethod, methods, type Method, type MethodOptions } from './methods.js';
export { peakMemoryMB, resetPeakMemory } from './memory.js';
export { runName, type DataOrigin, type HeadPolicy, type RunResult, type RunSettings } from './result.js';
export { predict } from './evaluate.js';
export { collate, disposeBatch, encodeExamples, type EncodedExample, type TextBatch } from './text-batches.js';
export { train, type StepProgress, type TrainOptions, type TrainSummary } from './trainer.js';
