import { pearson } from '../metrics/pearson.js';
import { spearman } from '../metrics/spearman.js';
import { synthesizeSimilarity } from '../synthetic/similarity.js';
import type { RegressionTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Semantic Textual Similarity Benchmark (GLUE): how alike are the two texts, from 0 (not at all) to 5 (the same)? */
export const stsb: RegressionTask = {
  name: 'stsb',
  kind: 'regression',
  evaluationSplits: ['validation'],
  fields: ['sentence1', 'sentence2'],
  labelRange: [0, 5],
  metrics: { pearson, spearman },
  primaryMetric: 'pearson',
  hub: glueOnHub('stsb'),
  synthesize: synthesizeSimilarity,
};
