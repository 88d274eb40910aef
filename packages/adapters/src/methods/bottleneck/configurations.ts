import type { Configuration } from '../../conformance.js';
import { houlsby, parallel, pfeiffer } from './config.js';

export const configurations: readonly Configuration[] = [
  { name: 'bottlenecks after both blocks (Houlsby)', config: { ...houlsby, dropout: 0.2 }, mergeable: false },
  { name: 'bottlenecks after the feed-forward block (Pfeiffer)', config: pfeiffer, mergeable: false },
  { name: 'bottlenecks beside the feed-forward block', config: parallel, mergeable: false },
  { name: 'bottlenecks that start as BERT does', config: { ...houlsby, reduction_factor: 8, init_weights: 'bert' }, identity: false, mergeable: false },
];
