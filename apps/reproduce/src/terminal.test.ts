import { expect, test } from '@jest/globals';
import { capturedApp } from '@unmask/testing';
import type { TrainingResult } from '@unmask/trainer';
import { main } from './main.js';
import { resultsTable } from './table.js';

const app = capturedApp(main);

test.each([
  [['train', '--dta', 'x.csv'], 'unknown option --dta; did you mean "--data"? (unmask train --help lists them)'],
  [['train', '--data', '--odd', '--ot', 'x'], 'unknown option --ot; did you mean "--out"?'],
  [['train', '--data', 'x', '--out', 'y', '--task', 'chatt'], 'Allowed choices are classification, regression, tags, completion, multilabel, preference, chat, embedding, text; did you mean "chat"?.'],
  [['train', '--data', 'x', '--out', 'y', '--report-to', 'wandbb'], 'did you mean "wandb"?'],
  [['train', '--data', 'x', '--out', 'y', '--decay', 'cosin'], 'did you mean "cosine"?'],
])('%j', async (args, message) => {
  expect(await app.run(...args)).toBe(2);
  expect(app.error).toContain(message);
});

test('--version prints the version', async () => {
  expect(await app.run('--version')).toBe(0);
  expect(app.out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a table fits the terminal, without the columns that matter least', () => {
  const result = {
    task: 'customer-messages', method: 'id3', learningRate: 0.005, seed: 1, unmaskedEntries: 40_000, gradientUpdates: 4_000_000, primaryMetric: 'accuracy', primaryValue: 0.9, majorityValue: 0.5,
    secondsTraining: 100, examplesPerSecond: 50, peakMemoryMB: 500, dataOrigin: 'real', scores: [{}],
  } as unknown as TrainingResult;
  expect(resultsTable([result], Infinity)).toContain('peak MB');
  const narrow = resultsTable([result], 80).split('\n');
  expect(narrow.every((line) => line.length <= 80)).toBe(true);
  expect(narrow.join('\n')).toMatch(/accuracy .* 90\.00/);
});
