import { describe, expect, test } from '@jest/globals';
import { groupRuns } from './grouping.js';
import { score, storedRun } from './testing/stored-runs.js';

const rows = (...runs: ReturnType<typeof storedRun>[]) => groupRuns(runs).panels.flatMap((panel) => panel.rows);

test('models and kinds of data are panels of their own', () => {
  const { panels } = groupRuns([storedRun(), storedRun({ model: 'other' }), storedRun({ dataOrigin: 'sample' }), storedRun({ seed: 2 })]);
  expect(panels.map(({ model, dataOrigin, rows: [{ jobs }] }) => [model, dataOrigin, jobs[0].chosen.runs.length])).toEqual([
    ['models/tiny', 'real', 2],
    ['other', 'real', 1],
    ['models/tiny', 'sample', 1],
  ]);
});

describe('the learning rate of a row', () => {
  const rateOf = (...runs: ReturnType<typeof storedRun>[]) => rows(...runs)[0].jobs[0].chosen.learningRate;

  test('is the one with the best mean over seeds', () => {
    expect(rateOf(
      storedRun({ learningRate: 0.1, seed: 1, value: 0.9 }), storedRun({ learningRate: 0.1, seed: 2, value: 0.5 }),
      storedRun({ learningRate: 0.2, seed: 1, value: 0.75 }), storedRun({ learningRate: 0.2, seed: 2, value: 0.75 }),
    )).toBe(0.2);
  });

  test('is not a lucky one that fewer seeds were spent on', () => {
    expect(rateOf(storedRun({ learningRate: 0.1, value: 0.9 }), storedRun({ learningRate: 0.2, seed: 1, value: 0.8 }), storedRun({ learningRate: 0.2, seed: 2, value: 0.8 }))).toBe(0.2);
  });

  test('is not chosen by splits that do not rank', () => {
    const run = (learningRate: number, validation: number, other: number) =>
      storedRun({ task: 'conll2003', learningRate, scores: [score(validation, { task: 'conll2003' }), score(other, { task: 'conll2003', split: 'test' })] });
    expect(rateOf(run(0.1, 0.8, 0.1), run(0.2, 0.7, 0.9))).toBe(0.1);
  });

  test('is the best over all tasks of a joint run', () => {
    const run = (learningRate: number, first: number, second: number) =>
      storedRun({ task: 'math_joint', learningRate, scores: [score(first, { task: 'gsm8k', split: 'test' }), score(second, { task: 'aqua', split: 'validation' })] });
    expect(rateOf(run(0.1, 0.8, 0.1), run(0.2, 0.6, 0.5))).toBe(0.2);
  });
});

describe('other settings', () => {
  test('make a row of their own where they differ within a task, the defaults first', () => {
    expect(rows(storedRun({ dropout: false }), storedRun(), storedRun({ task: 'cola' })).map(({ label, variant, jobs }) => [label, variant, jobs.length])).toEqual([
      ['id3 · 1,000 (1)', { dropout: true }, 2],
      ['id3 · 1,000 (2)', { dropout: false }, 1],
    ]);
  });

  test('make none where they differ between tasks', () => {
    expect(rows(storedRun({ maxLength: 64 }), storedRun({ task: 'cola', maxLength: 256 })).map(({ variant }) => variant)).toEqual([{}]);
  });
});

test('of runs with the same settings the latest counts, and the others are named', () => {
  const older = storedRun({ value: 0.9, finishedAt: '2026-01-01T00:00:00Z' });
  const newer = storedRun({ value: 0.6, finishedAt: '2026-02-01T00:00:00Z', data: 'elsewhere' });
  const { panels, repeated } = groupRuns([older, newer]);
  expect(panels[0].rows[0].jobs[0].chosen.runs).toEqual([newer]);
  expect(repeated).toEqual([older]);
});
