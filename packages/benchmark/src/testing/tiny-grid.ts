import { fileURLToPath } from 'node:url';
import type { Grid } from '../grid.js';

/** Four runs of a moment each: two methods by two seeds on a tiny BERT. */
export const TINY_GRID: Grid = {
  tasks: ['sst2'],
  methods: ['id3', 'fft'],
  model: fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url)),
  data: 'synthetic',
  budgets: [50],
  seeds: [1, 2],
  batchSize: 4,
  maxLength: 16,
  epochs: null,
  maxSteps: 2,
  limit: 8,
};
