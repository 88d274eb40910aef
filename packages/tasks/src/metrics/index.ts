import { accuracy } from './accuracy.js';
import { f1 } from './f1.js';
import { matthews } from './matthews.js';
import { pearson } from './pearson.js';
import { spearman } from './spearman.js';

/** Every metric: a function of predictions and labels, lists of one length (at least 1), to a number; higher is better. */
export const metrics = { accuracy, f1, matthews, pearson, spearman };

/** Name of one of {@link metrics}. */
export type MetricName = keyof typeof metrics;
