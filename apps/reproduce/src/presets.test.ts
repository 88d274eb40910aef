import { expect, test } from '@jest/globals';
import { planGrid } from '@unmask/benchmark';
import { presetNames, readGrids } from './presets.js';

test.each(presetNames)('the preset %s is a grid of known tasks and methods', async (preset) => {
  const grids = await readGrids({ preset });
  const runs = grids.flatMap(planGrid).flatMap(({ first }) => first);
  expect(runs.length).toBeGreaterThan(0);
  for (const { epochs, maxSteps } of runs) expect((epochs === null) !== (maxSteps === null)).toBe(true);
});

test('what the user gives replaces what a preset says', async () => {
  const grids = await readGrids({ preset: 'paper-deberta' }, { tasks: ['rte'], data: 'synthetic', seeds: [5], epochs: null, maxSteps: 3 });
  const runs = grids.flatMap(planGrid).flatMap(({ first }) => first);
  expect(new Set(runs.map(({ task, data, seed, epochs, maxSteps }) => [task, data, seed, epochs, maxSteps].join()))).toEqual(new Set(['rte,synthetic,5,,3']));
});

test('an unknown preset', async () => {
  await expect(readGrids({ preset: 'minni' })).rejects.toThrow('no preset "minni"; did you mean "mini"?');
});
