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
}

/** Adds the options that decide which runs of a grid are carried out, and by what. */
export function addExecutionOptions(command: Command): Command {
  return command
    .addOption(new Option('--shard <i/n>', 'only the i-th of n equal parts of the grid; default: what an array of Slurm or AWS Batch or an indexed job of Kubernetes says, else all').argParser(shard))
    .option('--jobs <n>', 'runs side by side, in processes with a share of the threads each; one that dies is started again from its last saved state', integer(1))
    .option('--memory <MB>', 'resident memory that a process of --jobs may take; one that takes more is ended, and started again from its last saved state', integer(1));
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

/** Does some work with what is to carry out runs, and ends that. */
export async function withExecutor<T>({ jobs, memory }: ExecutionOptions, work: (executor: Executor) => Promise<T>): Promise<T> {
  const executor = jobs === undefined && memory === undefined ? inProcess : processes({ width: jobs ?? 1, memoryLimit: memory });
  try {
    return await work(executor);
  } finally {
    await executor.close();
  }
}
