import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Cell, type Executor, inProcess, processes, type Shard, shardOf } from '@unmask/benchmark';
import { type Command, Option } from 'commander';
import { note } from './note.js';
import { integer } from './options.js';
import { scheduledShard, shard } from './shard-option.js';

/** The values of {@link addExecutionOptions}. */
export interface ExecutionOptions {
  shard?: Shard;
  jobs?: number;
  memory?: number;
  queue?: string;
}

/** Adds the options that decide which runs of a grid are carried out, and by what. */
export function addExecutionOptions(command: Command): Command {
  return command
    .addOption(new Option('--shard <i/n>', 'only the i-th of n equal parts of the grid; default: what an array of Slurm or AWS Batch or an indexed job of Kubernetes says, else all').argParser(shard))
    .addOption(queueOption('have the runs carried out by the workers of a queue').conflicts(['jobs', 'memory']))
    .option('--jobs <n>', 'runs side by side, in processes with a share of the threads each; one that dies is started again from its last saved state', integer(1))
    .option('--memory <MB>', 'resident memory that a process of --jobs may take; one that takes more is ended, and started again from its last saved state', integer(1));
}

/** `--queue`, for commands that submit to it and that serve it. */
export function queueOption(purpose: string): Option {
  return new Option('--queue <url>', `${purpose}: a Redis server as redis://host:port, or rediss://user:password@host:port with TLS`).env('UNMASK_QUEUE');
}

/** The part of some cells that is asked for, by the user or by a scheduler's environment. @throws UnmaskError when the environment names no part */
export function chosenCells(cells: readonly Cell[], { shard: given }: ExecutionOptions): readonly Cell[] {
  const scheduled = given ? undefined : scheduledShard(process.env);
  const asked = given ?? scheduled?.shard;
  if (!asked) return cells;
  const chosen = shardOf(cells, asked);
  const runs = (some: readonly Cell[]) => some.reduce((sum, { first }) => sum + first.length, 0);
  const reason = scheduled ? `, as ${scheduled.says} say (--shard 1/1 for all)` : '';
  note(`part ${asked.index + 1} of ${asked.count}: ${runs(chosen)} of ${runs(cells)} runs${reason}`);
  return chosen;
}

/** Does some work with what is to carry out runs, and ends that. @param out where results go */
export async function withExecutor<T>(options: ExecutionOptions, out: string, work: (executor: Executor) => Promise<T>): Promise<T> {
  const executor = await executorOf(options, out);
  try {
    return await work(executor);
  } finally {
    await executor.close();
  }
}

async function executorOf({ jobs, memory, queue }: ExecutionOptions, out: string): Promise<Executor> {
  if (queue !== undefined) {
    const { queueExecutor } = await import('@unmask/queue');
    return queueExecutor({ url: queue, submitter: `${hostname()}:${resolve(out)}`, onNote: note });
  }
  return jobs === undefined && memory === undefined ? inProcess : processes({ width: jobs ?? 1, memoryLimit: memory });
}
