export { adamw, type AdamWOptions } from './adamw.js';
export { constant, linearDecay, type LearningRateSchedule, type LinearDecayOptions } from './schedules.js';
export type { UpdateEntries, UpdateRule } from './update-rule.js';
