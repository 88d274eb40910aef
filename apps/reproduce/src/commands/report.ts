import { join } from 'node:path';
import { mergedRuns, RunStore } from '@unmask/benchmark';
import { buildReport, reportMarkdown, writeReport } from '@unmask/report';
import { Command } from 'commander';
import { asJson } from '../json.js';
import { integer } from '../options.js';

/** Where reports go within a folder of runs. */
export const REPORT_FOLDER = 'report';

interface ReportOptions {
  out?: string;
  against?: string;
  seed: number;
  json: boolean;
}

/** `unmask report`: what the runs under a folder say. */
export function reportCommand(): Command {
  return new Command('report')
    .description('tables, plots and tests of significance of the runs under a folder, or under several together')
    .argument('<folders...>', 'where unmask run wrote its runs')
    .option('--out <folder>', 'where report.md, report.csv, report.json and report.html go; default: the folder report beside the runs, of several the first')
    .option('--against <method>', 'method to test the others against; default: the best one of each task')
    .option('--seed <n>', "of the bootstrap's resamples", integer(0), 1)
    .option('--json', 'print report.json on standard output instead of report.md', false)
    .addHelpText(
      'after',
      `
Examples:
  What the runs in the folder runs say; open runs/report/report.html in a browser:
    unmask report runs
  Every method tested against ID³:
    unmask report runs --against id3 --out id3-report
  The three parts of a grid:
    unmask report part-1 part-2 part-3 --out study`,
    )
    .action(async (folders: readonly string[], { out, against, seed, json }: ReportOptions) => {
      const runs = mergedRuns(await Promise.all(folders.map((folder) => new RunStore(folder).read())));
      const report = buildReport(runs, { ...(against === undefined ? {} : { against }), seed });
      const written = await writeReport(report, out ?? join(folders[0], REPORT_FOLDER));
      process.stdout.write(json ? `${asJson(report)}\n` : reportMarkdown(report));
      process.stderr.write(`${written.join('\n')}\n`);
    });
}
