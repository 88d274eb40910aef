import { accuracy } from '../metrics/accuracy.js';
import { synthesizeInference } from '../synthetic/entailment.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/**
 * Multi-Genre Natural Language Inference (GLUE): does the first text imply the second, say the contrary, or neither?
 * It is measured on texts of the kinds that it is trained on (matched), and of others (mismatched).
 */
export const mnli: ClassificationTask = {
  name: 'mnli',
  kind: 'classification',
  evaluationSplits: ['validation_matched', 'validation_mismatched'],
  fields: ['premise', 'hypothesis'],
  labels: ['entailment', 'neutral', 'contradiction'],
  metrics: { accuracy },
  primaryMetric: 'accuracy',
  hub: glueOnHub('mnli'),
  synthesize: synthesizeInference,
};
