import { describe, expect, test } from '@jest/globals';
import { expandGrid, runName, type Grid } from './index.js';

const GRID: Grid = {
  tasks: ['rte', 'cola'],
  methods: ['fft', 'id3'],
  model: 'model',
  data: 'synthetic',
  budgets: [10, 20],
  learningRates: [],
  seeds: [1, 2],
  head: 'free',
  batchSize: 4,
  maxLength: 32,
  epochs: 1,
  maxSteps: null,
  unmaskEvery: 1,
  biasCorrection: 'entry',
  dropout: true,
  adapterConfig: null,
  scope: null,
  limit: null,
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
