import { mergeRuns } from '@unmask/benchmark';
import { Command } from 'commander';
import { note } from '../note.js';
import { resultsTable } from '../table.js';

/** `unmask merge-runs`: the parts of a grid, from several machines, in one folder. */
export function mergeRunsCommand(): Command {
  return new Command('merge-runs')
    .description('copy the finished runs of several folders into one')
    .argument('<folders...>', 'where unmask run wrote its runs')
    .requiredOption('--out <folder>', 'where they go; runs that are there stay')
    .addHelpText(
      'after',
      `
Example:
  The three parts of a grid, which unmask run --shard made on three machines:
    unmask merge-runs part-1 part-2 part-3 --out study
Two folders with different results of the same run contradict each other: nothing is copied then. What is unfinished or has failed
everywhere stays where it is; unmask run --out study makes it.`,
    )
    .action(async (folders: readonly string[], { out }: { readonly out: string }) => {
      const { finished, failed, damaged, unfinished } = await mergeRuns(folders, out);
      for (const { folder, problem } of damaged) note(`${folder} is damaged: ${problem}`);
      if (finished.length > 0) process.stdout.write(`${resultsTable(finished.map(({ result }) => result))}\n`);
      note(`${finished.length} runs under ${out}; ${failed.length} failed, ${damaged.length} damaged and ${unfinished.length} unfinished ones are left`);
    });
}
