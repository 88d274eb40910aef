import { expect, test } from '@jest/globals';
import { getTask, taskNames } from './registry.js';

test('knows five tasks by name', () => {
  expect(taskNames).toEqual(['rte', 'mrpc', 'cola', 'sst2', 'stsb']);
  for (const name of taskNames) expect(getTask(name).name).toBe(name);
});

test.each(taskNames)('%s ranks by one of its metrics, and has labels or a range', (name) => {
  const task = getTask(name);
  expect(task.metrics).toContain(task.primaryMetric);
  expect(task.labels.length).toBe(task.kind === 'regression' ? 0 : 2);
});

test.each(taskNames)("%s: the hub's files are those of the task and split", (name) => {
  expect(getTask(name).hub?.file('validation')).toBe(`${name}/validation-00000-of-00001.parquet`);
});

test('suggests a name', () => {
  expect(() => getTask('mprc')).toThrow('no task "mprc"; did you mean "mrpc"?; use one of rte, mrpc, cola, sst2, stsb');
});
