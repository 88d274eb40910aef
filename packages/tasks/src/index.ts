export type { ClassificationTask, Example, HubSource, RegressionTask, Split, Task, Texts } from './task.js';
export { getTask, taskNames } from './registry.js';
export { loadSplit, type LoadOptions } from './load.js';
export { loadHubSplit, type LoadHubOptions } from './load-hub.js';
export { synthesizeSplit, type SynthesizeOptions } from './synthetic/split.js';
export { evaluate, majorityBaseline } from './evaluate.js';
export { epochBatches } from './batching.js';
export { metrics, type MetricName } from './metrics/index.js';
