import { accuracy } from '../metrics/accuracy.js';
import { synthesizeEntailment } from '../synthetic/entailment.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Recognizing Textual Entailment (GLUE): does the first text imply the second? */
export const rte: ClassificationTask = {
  name: 'rte',
  kind: 'classification',
  evaluationSplits: ['validation'],
  fields: ['sentence1', 'sentence2'],
  labels: ['entailment', 'not_entailment'],
  metrics: { accuracy },
  primaryMetric: 'accuracy',
  hub: glueOnHub('rte'),
  synthesize: synthesizeEntailment,
};
