import { expect, test } from '@jest/globals';
import { taskNames } from '@unmask/tasks';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);

test('unmask tasks lists every task with its kind, metrics, splits and source', async () => {
  expect(await app.run('tasks', '--json')).toBe(0);
  const tasks = app.json<Record<string, unknown>[]>();
  expect(tasks.map(({ name }) => name)).toEqual(taskNames);
  expect(tasks.find(({ name }) => name === 'svamp')).toEqual({ name: 'svamp', kind: 'generation', labels: null, metrics: ['accuracy'], primaryMetric: 'accuracy', trainedOn: 'math_joint', evaluationSplits: ['test'], hub: null });
  expect(await app.run('tasks')).toBe(0);
  expect(app.out).toMatch(/mrpc +│ classification +│ accuracy\*, f1 +│ mrpc\/train +│ validation +│ nyu-mll\/glue/);
});
