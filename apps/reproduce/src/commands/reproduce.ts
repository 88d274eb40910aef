import { join } from 'node:path';
import { planGrid, RunStore } from '@unmask/benchmark';
import { buildReport, writeReport } from '@unmask/report';
import { backendNames } from '@unmask/tensor-core';
import { Command } from 'commander';
import { execute } from '../execute.js';
import { readGrids } from '../presets.js';
import { REPORT_FOLDER } from './report.js';

interface ReproduceOptions {
  backend: string;
  out: string;
  json: boolean;
}

/** `unmask reproduce`: the embedded small evaluation, which needs nothing but what npm installed. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('the small evaluation: real pretrained models on generated (synthetic) task data, in minutes; the preset mini')
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--out <folder>', 'where the runs and their report go; finished runs are not repeated', 'runs/reproduce')
    .option('--json', 'print the results as JSON on standard output', false)
    .addHelpText('after', '\nExample:\n  unmask reproduce --out runs/first')
    .action(async (options: ReproduceOptions) => {
      await execute((await readGrids({ preset: 'mini' })).flatMap(planGrid), options);
      const written = await writeReport(buildReport(await new RunStore(options.out).read()), join(options.out, REPORT_FOLDER));
      process.stderr.write(`with plots: ${written.at(-1)}\n`);
    });
}
