import { expect, test } from '@jest/globals';
import { scheduledShard, shard } from './shard-option.js';

test('--shard i/n counts from 1', () => {
  expect([shard('1/3'), shard('3/3')]).toEqual([{ index: 0, count: 3 }, { index: 2, count: 3 }]);
  for (const wrong of ['0/3', '4/3', '3', '1/0', '-1/2', '1/2/3', '1.5/2', '']) expect(() => shard(wrong)).toThrow('give a part as i/n');
});

test.each([
  [{ SLURM_ARRAY_TASK_ID: '4', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '1' }, { index: 3, count: 4 }],
  [{ SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '2' }, { index: 3, count: 4 }],
  [{ SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_COUNT: '2' }, { index: 0, count: 2 }],
  [{ JOB_COMPLETION_INDEX: '2', UNMASK_SHARDS: '3' }, { index: 2, count: 3 }],
  [{ AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10' }, { index: 9, count: 10 }],
])('a scheduler says %j', (environment, expected) => {
  expect(scheduledShard(environment)?.shard).toEqual(expected);
});

test('without a scheduler there is no part', () => {
  expect(scheduledShard({ UNMASK_SHARDS: '3' })).toBeUndefined();
});

test.each([
  [{ JOB_COMPLETION_INDEX: '2' }, /^JOB_COMPLETION_INDEX=2 and UNMASK_SHARDS= name no part of a grid: .* set UNMASK_SHARDS to how many/],
  [{ SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1' }, /^SLURM_ARRAY_TASK_ID=9/],
  [{ AWS_BATCH_JOB_ARRAY_INDEX: 'x', AWS_BATCH_JOB_ARRAY_SIZE: '3' }, /--shard i\/n$/],
])('%j is refused', (environment, message) => {
  expect(() => scheduledShard(environment)).toThrow(message);
});
