import type { HistoryLine } from '@unmask/trainer';
import { expect, test } from '@jest/globals';
import { groupRuns } from './grouping.js';
import { lossCurves } from './losses.js';
import { storedRun } from './testing/stored-runs.js';

const history = (...losses: readonly number[]): HistoryLine[] => losses.map((loss, index) => ({ step: index + 1, loss, learningRate: 0.1, unmasked: 0, seconds: 1 }));

test('a curve has the mean loss of equal parts, of the lowest seed; a run without steps has none', () => {
  const long = Array.from({ length: 48 }, (_, index) => (index % 2 === 0 ? 3 : 1) + index);
  const runs = [storedRun({ seed: 2 }, { history: history(9, 9) }), storedRun({}, { history: history(...long) }), storedRun({ method: 'fft', budget: null })];
  const [panel] = groupRuns(runs).panels;
  const [curve, ...others] = lossCurves(panel);
  expect(others).toEqual([]);
  expect(curve).toMatchObject({ row: 'id3 · 1,000', method: 'id3', task: 'rte', seed: 1 });
  expect(curve.points).toHaveLength(24);
  expect(curve.points[0]).toEqual({ step: 2, loss: 2.5 });
  expect(curve.points[23]).toEqual({ step: 48, loss: 48.5 });
});
