import { describe, expect, test } from '@jest/globals';
import { expandGrid, planGrid, runName, type Grid, type RunResult, type RunSettings } from './index.js';

const GRID: Grid = {
  tasks: ['rte', 'cola'],
  methods: ['fft', 'id3'],
  model: 'model',
  data: 'synthetic',
  budgets: [10, 20],
  seeds: [1, 2],
};

describe('expandGrid', () => {
  test('every combination once; methods without a budget ignore budgets', () => {
    const names = expandGrid(GRID).map(runName);
    expect(names).toHaveLength(2 * (2 + 2 * 2));
    expect(new Set(names).size).toBe(names.length);
    const readable = names.map((name) => name.replace(/--[0-9a-f]{8}$/, ''));
    expect(readable.slice(0, 3)).toEqual(['rte--fft--lr0.0001--s1', 'rte--fft--lr0.0001--s2', 'rte--id3--b10--lr0.005--s1']);
    expect(new Set(expandGrid({ ...GRID, maxLength: 33 }).map(runName)).has(names[0])).toBe(false);
  });

  test('given learning rates replace the methods own', () => {
    expect(expandGrid({ ...GRID, learningRates: [0.5], seeds: [1] }).map((run) => run.learningRate)).toEqual(Array(6).fill(0.5));
  });

  test.each([
    [{ tasks: ['rtee'] }, 'did you mean "rte"?'],
    [{ methods: ['id33'] }, 'unknown method "id33"; choose from fft, '],
  ])('refuses %j', (change, message) => {
    expect(() => expandGrid({ ...GRID, ...change })).toThrow(message);
  });
});

test('a search tries all rates with the first seed, and the best of them with the others', () => {
  const [cell] = planGrid({ ...GRID, tasks: ['rte'], methods: ['fft'], learningRates: [0.1, 0.2], seeds: [1, 2, 3], searchLearningRate: true });
  expect(cell.first.map(({ learningRate, seed }) => [learningRate, seed])).toEqual([[0.1, 1], [0.2, 1]]);
  const results = cell.first.map((run) => ({ ...run, primaryValue: run.learningRate }) as RunResult);
  expect(cell.rest(results).map(({ learningRate, seed }) => [learningRate, seed])).toEqual([[0.2, 2], [0.2, 3]]);
  expect(cell.rest([])).toEqual([]);
});

test('a setting at its default does not change the name of a run', () => {
  const [run] = expandGrid(GRID);
  const older = Object.fromEntries(Object.entries(run).filter(([name]) => name !== 'decay'));
  expect(runName(older as unknown as RunSettings)).toBe(runName(run));
  expect(runName({ ...run, decay: 'cosine' })).not.toBe(runName(run));
});
