import type { Shard } from '@unmask/benchmark';
import { UnmaskError } from '@unmask/tensor-core';
import { InvalidArgumentError } from 'commander';

/** A part of a grid as `i/n`, from 1/n to n/n. */
export function shard(text: string): Shard {
  const [index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.slice(1).map(Number) ?? [];
  if (index === undefined || index < 1 || index > count) throw new InvalidArgumentError('give a part as i/n, from 1/n to n/n');
  return { index: index - 1, count };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where schedulers say which of its parts a process is to do: by number, from which first number on, by which steps, and of how many. */
const SCHEDULERS: readonly { readonly index: string; readonly count: string; readonly first?: string; readonly step?: string }[] = [
  { index: 'SLURM_ARRAY_TASK_ID', count: 'SLURM_ARRAY_TASK_COUNT', first: 'SLURM_ARRAY_TASK_MIN', step: 'SLURM_ARRAY_TASK_STEP' },
  { index: 'JOB_COMPLETION_INDEX', count: 'UNMASK_SHARDS' }, // Kubernetes says no count
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
];

/**
 * The part of a grid that a scheduler's environment asks for: of an array of Slurm or AWS Batch, or of an indexed job of Kubernetes.
 * @returns undefined where there is none
 * @throws UnmaskError when the environment says which part but not of how many, or no part at all
 */
export function scheduledShard(environment: Environment): { readonly shard: Shard; readonly says: string } | undefined {
  const scheduler = SCHEDULERS.find(({ index }) => environment[index] !== undefined);
  if (!scheduler) return undefined;
  const number = (name: string | undefined, absent: number) => (name === undefined || environment[name] === undefined ? absent : Number(environment[name]));
  const index = (number(scheduler.index, NaN) - number(scheduler.first, 0)) / number(scheduler.step, 1);
  const count = number(scheduler.count, NaN);
  const says = `${scheduler.index}=${environment[scheduler.index]} and ${scheduler.count}=${environment[scheduler.count] ?? ''}`;
  if (!Number.isInteger(index) || !Number.isInteger(count) || index < 0 || index >= count) {
    throw new UnmaskError(`${says} name no part of a grid: number the parts one after the other, set ${scheduler.count} to how many there are, or give --shard i/n`);
  }
  return { shard: { index, count }, says };
}
