export { d3, type D3Options } from './d3.js';
export { fisher } from './fisher.js';
export { gradient } from './gradient.js';
export { magnitude, type MagnitudeOptions } from './magnitude.js';
export { isEstimated, type EstimatedMetric, type ImportanceMetric } from './metric.js';
export { random, type RandomOptions } from './random.js';
export { sampled, type SampledOptions } from './sampled.js';
export { taylor } from './taylor.js';
