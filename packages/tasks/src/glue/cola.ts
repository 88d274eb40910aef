import { matthews } from '../metrics/matthews.js';
import { synthesizeAcceptability } from '../synthetic/acceptability.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Corpus of Linguistic Acceptability (GLUE): is the sentence good English? */
export const cola: ClassificationTask = {
  name: 'cola',
  kind: 'classification',
  evaluationSplits: ['validation'],
  fields: ['sentence'],
  labels: ['unacceptable', 'acceptable'],
  metrics: { matthews },
  primaryMetric: 'matthews',
  hub: glueOnHub('cola'),
  synthesize: synthesizeAcceptability,
};
