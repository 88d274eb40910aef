import { accuracy } from '../metrics/accuracy.js';
import { f1 } from '../metrics/f1.js';
import { synthesizeParaphrase } from '../synthetic/paraphrase.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Microsoft Research Paraphrase Corpus (GLUE): do the two texts say the same? */
export const mrpc: ClassificationTask = {
  name: 'mrpc',
  kind: 'classification',
  evaluationSplits: ['validation'],
  fields: ['sentence1', 'sentence2'],
  labels: ['not_equivalent', 'equivalent'],
  metrics: { accuracy, f1 },
  primaryMetric: 'accuracy',
  hub: glueOnHub('mrpc'),
  synthesize: synthesizeParaphrase,
};
