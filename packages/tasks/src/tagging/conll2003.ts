import { entityMetrics } from '../metrics/entity-metrics.js';
import { synthesizeEntities } from '../synthetic/entities.js';
import type { TokenClassificationTask } from '../task.js';

const labels = ['O', 'B-PER', 'I-PER', 'B-ORG', 'I-ORG', 'B-LOC', 'I-LOC', 'B-MISC', 'I-MISC'];

/** CoNLL-2003 named entities in English news: which words name people, organisations, places and other things? */
export const conll2003: TokenClassificationTask = {
  name: 'conll2003',
  kind: 'token-classification',
  evaluationSplits: ['validation', 'test'],
  fields: ['tokens', 'ner_tags'],
  labels,
  metrics: entityMetrics(labels),
  primaryMetric: 'f1',
  synthesize: (random) => synthesizeEntities(random, labels),
};
