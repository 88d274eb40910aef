import { accuracy } from '../metrics/accuracy.js';
import { synthesizeQuestionAnswering } from '../synthetic/questions.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Question-answering Natural Language Inference (GLUE): does the sentence answer the question? */
export const qnli: ClassificationTask = {
  name: 'qnli',
  kind: 'classification',
  evaluationSplits: ['validation'],
  fields: ['question', 'sentence'],
  labels: ['entailment', 'not_entailment'],
  metrics: { accuracy },
  primaryMetric: 'accuracy',
  hub: glueOnHub('qnli'),
  synthesize: synthesizeQuestionAnswering,
};
