import { accuracy } from '../metrics/accuracy.js';
import { f1 } from '../metrics/f1.js';
import { synthesizeQuestionPair } from '../synthetic/questions.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Quora Question Pairs (GLUE): do the two questions ask the same? */
export const qqp: ClassificationTask = {
  name: 'qqp',
  kind: 'classification',
  evaluationSplits: ['validation'],
  fields: ['question1', 'question2'],
  labels: ['not_duplicate', 'duplicate'],
  metrics: { accuracy, f1 },
  primaryMetric: 'accuracy',
  hub: glueOnHub('qqp'),
  synthesize: synthesizeQuestionPair,
};
