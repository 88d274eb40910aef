import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expectedCost } from './expected-cost.js';
import { planGrid, runName, shardOf, type Cell, type Grid } from './index.js';

const GRID: Grid = { tasks: ['rte', 'sst2', 'cola'], methods: ['fft', 'id3'], model: 'model', data: 'hub', budgets: [10, 20], seeds: [1, 2, 3] };
const names = (cells: readonly Cell[]) => cells.flatMap(({ first }) => first.map(runName));
const cost = (cells: readonly Cell[]) => cells.flatMap(({ first }) => first).reduce((sum, run) => sum + expectedCost(run), 0);

test('every run is in one shard, and shards differ by less than the dearest cell', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.boolean(), (count, searchLearningRate) => {
      const cells = planGrid({ ...GRID, learningRates: [0.1, 0.2], searchLearningRate });
      const shards = Array.from({ length: count }, (_, index) => shardOf(cells, { index, count }));
      expect(shards.flatMap(names).sort()).toEqual(names(cells).sort());
      const costs = shards.map(cost);
      expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(Math.max(...cells.map((cell) => cost([cell]))));
    }),
    { numRuns: 30 },
  );
});

test('the order of a grid does not matter, and a run that stands in it twice is in one shard', () => {
  const cells = planGrid(GRID);
  const [left, right] = [cells, [...cells].reverse().concat(cells[0])].map((some) => names(shardOf(some, { index: 1, count: 4 })));
  expect(new Set(right)).toEqual(new Set(left));
});

test('a run is expected to cost what it trains on', () => {
  const [run] = planGrid({ ...GRID, tasks: ['rte'] })[0].first;
  expect(expectedCost(run)).toBe(3 * 2490 * 128);
  expect(expectedCost({ ...run, limit: 100, epochs: 2, maxLength: 10 })).toBe(2 * 100 * 10);
  expect(expectedCost({ ...run, epochs: null, maxSteps: 7, batchSize: 4, accumulate: 2 })).toBe(7 * 8 * 128);
  expect(expectedCost({ ...run, data: 'synthetic' })).toBe(3 * 1000 * 128);
});
