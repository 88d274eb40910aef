import { describe, expect, test } from '@jest/globals';
import type { Predictions } from '@unmask/trainer';
import { buildReport } from './build-report.js';
import { score, settings, storedRun } from './testing/stored-runs.js';

const stored = (...finished: ReturnType<typeof storedRun>[]) => ({ finished, failed: [], damaged: [], unfinished: [] });
const panel = (...runs: ReturnType<typeof storedRun>[]) => buildReport(stored(...runs)).panels[0];

describe('the main table', () => {
  test('has the mean over seeds with their deviation, or of one seed the standard error', () => {
    const { rows } = panel(storedRun({ seed: 1, value: 0.6 }), storedRun({ seed: 2, value: 0.8 }), storedRun({ method: 'fft', budget: null, value: 0.5 }));
    expect(rows.map(({ label, cells }) => [label, cells])).toEqual([
      ['id3 · 1,000', [expect.objectContaining({ mean: 0.7, error: expect.closeTo(Math.SQRT2 / 10, 12), errorOver: 'seeds', seeds: [1, 2], best: true })]],
      ['fft', [expect.objectContaining({ mean: 0.5, error: 0.04, errorOver: 'examples', seeds: [1], best: false })]],
    ]);
  });

  test('ranks over the tasks that a row was run on, ties sharing', () => {
    const { rows } = panel(
      storedRun({ method: 'fft', budget: null, value: 0.9 }), storedRun({ method: 'fft', budget: null, task: 'cola', value: 0.5 }),
      storedRun({ value: 0.8 }), storedRun({ task: 'cola', value: 0.5 }),
      storedRun({ method: 'pafi', value: 0.7 }),
    );
    expect(rows.map(({ method, averageRank }) => [method, averageRank])).toEqual([['fft', 1.25], ['id3', 1.75], ['pafi', 3]]);
  });

  test('has a column for each task and split of a joint run, and only those of a task’s first split rank', () => {
    const scores = [score(0.5, { task: 'conll2003', primaryMetric: 'f1' }), score(0.4, { task: 'conll2003', split: 'test', primaryMetric: 'f1' })];
    const joint = [score(0.3, { task: 'gsm8k', split: 'test' }), score(0.3, { task: 'aqua', split: 'validation' })];
    const { columns, rows } = panel(storedRun({ task: 'conll2003', scores }), storedRun({ task: 'math_joint', scores: joint }));
    expect(columns.map(({ trainedAs, task, split, ranks }) => [trainedAs, task, split, ranks])).toEqual([
      ['conll2003', 'conll2003', 'validation', true],
      ['conll2003', 'conll2003', 'test', false],
      ['math_joint', 'gsm8k', 'test', true],
      ['math_joint', 'aqua', 'validation', true],
    ]);
    expect(rows[0].cells.map((cell) => cell?.mean)).toEqual([0.5, 0.4, 0.3, 0.3]);
  });

  test('has the mean majority score of generated examples, which are of a seed', () => {
    const run = (seed: number, majorityValue: number) => storedRun({ seed, scores: [score(0.7, { majorityValue })] });
    expect(panel(run(1, 0.4), run(2, 0.6)).columns.map(({ majority }) => majority)).toEqual([0.5]);
  });

  test('never compares runs that were trained on different numbers of rows', () => {
    const { columns, rows } = panel(storedRun({ trainExamples: 100 }), storedRun({ method: 'fft', budget: null, trainExamples: 2490, value: 0.9 }));
    expect(columns.map(({ trainExamples }) => trainExamples).sort()).toEqual([100, 2490]);
    expect(rows.every(({ averageRank, cells }) => averageRank === 1 && cells.filter((cell) => cell?.best).length === 1)).toBe(true);
  });

  test('means of costs count a joint run once', () => {
    const joint = ['gsm8k', 'svamp'].map((task) => score(0.3, { task, split: 'test' }));
    const { rows } = panel(storedRun({ secondsTraining: 10 }), storedRun({ task: 'math_joint', scores: joint, secondsTraining: 30 }));
    expect(rows[0].costs.secondsTraining).toBe(20);
  });
});

describe('comparisons', () => {
  const labels = Array.from({ length: 100 }, (_, index) => index % 2);
  /** Answers that are wrong from the first example on. */
  const wrong = (count: number): Predictions[] => [{ task: 'rte', split: 'validation', answers: labels.map((label, index) => (index < count ? 1 - label : label)), labels }];
  const id3 = (seed: number, errors: number) => storedRun({ seed, value: 1 - errors / 100 }, { predictions: wrong(errors) });
  const fft = (seed: number, errors: number) => storedRun({ method: 'fft', budget: null, seed, value: 1 - errors / 100 }, { predictions: wrong(errors) });
  const outcomes = (against: string | undefined, ...runs: ReturnType<typeof storedRun>[]) =>
    buildReport(stored(...runs), against === undefined ? {} : { against }).panels[0].comparisons.map(({ reference, other, outcome }) => [reference, other, outcome]);

  test('are of the best row with the others, over the seeds of both', () => {
    expect(outcomes(undefined, id3(1, 10), id3(2, 20), fft(1, 30), fft(3, 40))).toEqual([
      ['id3 · 1,000', 'fft', { difference: expect.closeTo(0.2, 12), interval: expect.any(Array), p: 1 / 1001, seeds: [1], examples: 100 }],
    ]);
  });

  test('are of a named method', () => {
    expect(outcomes('fft', id3(1, 10), fft(1, 30))).toEqual([['fft', 'id3 · 1,000', expect.objectContaining({ difference: expect.closeTo(-0.2, 12) })]]);
    expect(() => outcomes('ftf', id3(1, 10), fft(1, 30))).toThrow(/no run of method "ftf".*did you mean "fft"/);
  });

  test('need the same examples within a seed, not for all seeds', () => {
    const other = (run: ReturnType<typeof storedRun>) => ({ ...run, predictions: run.predictions.map((each) => ({ ...each, answers: each.answers.map((answer) => 1 - Number(answer)), labels: labels.map((label) => 1 - label) })) });
    expect(outcomes(undefined, id3(1, 10), other(id3(2, 20)), fft(1, 30), other(fft(2, 40)))).toEqual([['id3 · 1,000', 'fft', expect.objectContaining({ difference: expect.closeTo(0.2, 12), seeds: [1, 2] })]]);
  });

  test.each([
    ['no predictions', storedRun({ method: 'fft', budget: null }), /no predictions were kept/],
    ['no seed in common', fft(2, 30), /no seed in common/],
    ['other examples', storedRun({ method: 'fft', budget: null }, { predictions: [{ ...wrong(3)[0], labels: labels.map((label) => 1 - label) }] }), /not measured on the same examples/],
  ])('say why not: %s', (_, other, reason) => {
    expect(outcomes(undefined, id3(1, 10), other)).toEqual([['id3 · 1,000', 'fft', { skipped: expect.stringMatching(reason) }]]);
  });
});

describe('published figures', () => {
  test('stand beside means over the tasks run on real data', () => {
    const { published } = buildReport(stored(storedRun({ value: 0.6 }), storedRun({ task: 'sst2', value: 0.9 })));
    expect(published.map(({ name, ours }) => [name, ours])).toEqual([
      ['GLUE, average', [{ model: 'models/tiny', dataOrigin: 'real', row: 'id3 · 1,000', parameters: 1386, value: 0.75, tasks: ['rte', 'sst2'] }]],
    ]);
  });

  test('are compared with no generated data', () => expect(buildReport(stored(storedRun({ dataOrigin: 'synthetic' }))).published).toEqual([]));
});

describe('folders', () => {
  test('without a run are an error', () => expect(() => buildReport(stored())).toThrow(/no runs to report: give the folder that unmask run wrote to/));

  test('of failures alone are reported', () => {
    const failed = [{ folder: 'runs/a', settings: settings(), error: 'no', failedAt: '' }];
    expect(buildReport({ finished: [], failed, damaged: [], unfinished: ['runs/b'] }, { against: 'fft' })).toEqual({ finished: 0, panels: [], published: [], failed, unfinished: ['runs/b'], repeated: [], damaged: [] });
  });
});
