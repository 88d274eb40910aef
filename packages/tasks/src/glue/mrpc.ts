import { synthesizeParaphrase } from '../synthetic/paraphrase.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Microsoft Research Paraphrase Corpus (GLUE): do the two texts say the same? */
export const mrpc: ClassificationTask = {
  name: 'mrpc',
  kind: 'classification',
  fields: ['sentence1', 'sentence2'],
  labels: ['not_equivalent', 'equivalent'],
  metrics: ['accuracy', 'f1'],
  primaryMetric: 'accuracy',
  hub: glueOnHub('mrpc'),
  synthesize: synthesizeParaphrase,
};
