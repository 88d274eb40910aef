import { accuracy } from './accuracy.js';
import { f1 } from './f1.js';
import { matthews } from './matthews.js';
import { pearson } from './pearson.js';
import { spearman } from './spearman.js';

/** Every metric of class ids and scores: a function of predictions and labels, lists of one length (at least 1); higher is better. */
export const metrics = { accuracy, f1, matthews, pearson, spearman };

export { answerAccuracy, firstChoice, lastNumber } from './answers.js';
export { entitiesOf, type Entity } from './entities.js';
export { entityMetrics } from './entity-metrics.js';
export { meanOf, type Metric } from './metric.js';
export { rouge1, rouge2, rougeL } from './rouge.js';
export { sampledMetric } from './sampled-metric.js';
export { standardError } from './standard-error.js';
