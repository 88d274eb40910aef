import { SYNTHETIC_ROWS } from './data.js';
import type { RunSettings } from './settings.js';

/** Rows of published training splits. */
const TRAINING_ROWS: Readonly<Record<string, number>> = {
  cola: 8551,
  sst2: 67_349,
  mrpc: 3668,
  stsb: 5749,
  qqp: 363_846,
  mnli: 392_702,
  qnli: 104_743,
  rte: 2490,
  conll2003: 14_041,
};
/** Of tasks that are not in that table. */
const USUAL_ROWS = 5000;

/**
 * What a run costs beside others of the same model, in tokens that it trains on at most. It goes by the settings alone, so that
 * every machine expects the same.
 */
export function expectedCost({ task, data, limit, epochs, maxSteps, batchSize, accumulate, maxLength }: RunSettings): number {
  const rows = Math.min(limit ?? Infinity, data === 'synthetic' ? SYNTHETIC_ROWS.train : (TRAINING_ROWS[task] ?? USUAL_ROWS));
  const examples = maxSteps === null ? (epochs ?? 1) * rows : maxSteps * batchSize * accumulate;
  return examples * maxLength;
}
