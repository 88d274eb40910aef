import { accuracy } from '../metrics/accuracy.js';
import { synthesizeSentiment } from '../synthetic/sentiment.js';
import type { ClassificationTask } from '../task.js';
import { glueOnHub } from './hub.js';

/** Stanford Sentiment Treebank, two classes (GLUE): does the author like it? */
export const sst2: ClassificationTask = {
  name: 'sst2',
  kind: 'classification',
  evaluationSplits: ['validation'],
  fields: ['sentence'],
  labels: ['negative', 'positive'],
  metrics: { accuracy },
  primaryMetric: 'accuracy',
  hub: glueOnHub('sst2'),
  synthesize: synthesizeSentiment,
};
