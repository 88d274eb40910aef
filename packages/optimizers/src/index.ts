export { adamw, type AdamWOptions } from './adamw.js';
export { lion, type LionOptions } from './lion.js';
export { constant, cosineDecay, type DecayOptions, linearDecay, type LearningRateSchedule } from './schedules.js';
export { sgd, type SgdOptions } from './sgd.js';
export type { TensorStep, UpdateEntries, UpdateRule } from './update-rule.js';
