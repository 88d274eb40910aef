import { expect, test } from '@jest/globals';
import { getTask, taskNames } from './registry.js';

test('knows its tasks by name, each of its own', () => {
  expect(taskNames).toEqual(expect.arrayContaining(['rte', 'conll2003', 'gsm8k', 'scitldr']));
  for (const name of taskNames) expect(getTask(name).name).toBe(name);
  expect(new Set(taskNames.map(getTask)).size).toBe(taskNames.length);
});

test.each(taskNames)('%s ranks by one of its metrics, trains on a task of its kind, and has labels or a range', (name) => {
  const task = getTask(name);
  expect(Object.keys(task.metrics)).toContain(task.primaryMetric);
  expect(getTask(task.trainedOn ?? name).kind).toBe(task.kind);
  expect(task.evaluationSplits).not.toContain('train');
  if ('labels' in task) expect(new Set(task.labels).size).toBe(task.labels.length);
  if ('labelRange' in task) expect(task.labelRange[0]).toBeLessThan(task.labelRange[1]);
});

test.each(taskNames.filter((name) => getTask(name).hub !== undefined))("%s: the hub's files are those of the task and split", (name) => {
  for (const split of ['train', ...getTask(name).evaluationSplits] as const) {
    expect(getTask(name).hub?.file(split)).toBe(`${name}/${split}-00000-of-00001.parquet`);
  }
});

test('suggests a name', () => {
  expect(() => getTask('mprc')).toThrow('no task "mprc"; did you mean "mrpc"?; use one of rte, mrpc, cola, sst2, stsb, qqp');
});
