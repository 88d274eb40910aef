import { rouge1, rouge2, rougeL } from '../metrics/rouge.js';

/** What the summarization tasks have in common. */
export const summary = {
  kind: 'generation',
  metrics: { rouge1, rouge2, rougeL },
  primaryMetric: 'rougeL',
  maxNewTokens: 128,
} as const;
