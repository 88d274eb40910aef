import { expandGrid } from '@unmask/benchmark';
import { backendNames } from '@unmask/tensor-core';
import { Command } from 'commander';
import { defaultModel } from '../default-model.js';
import { execute } from '../execute.js';

/** Tasks of the small evaluation: one metric of each kind, in minutes. */
const TASKS = ['rte', 'mrpc', 'cola', 'sst2', 'stsb'];

interface ReproduceOptions {
  backend: string;
  out: string;
  json: boolean;
}

/** `unmask reproduce`: the embedded small evaluation, which needs nothing but what npm installed. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('the small evaluation: a real pretrained encoder on generated (synthetic) task data, in minutes')
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--out <folder>', 'where the runs go', 'runs/reproduce')
    .option('--json', 'print the results as JSON on standard output', false)
    .addHelpText('after', '\nExample:\n  unmask reproduce --out runs/first')
    .action(async (options: ReproduceOptions) => {
      const runs = expandGrid({
        tasks: TASKS,
        methods: ['fft', 'id3', 'pafi'],
        model: defaultModel(),
        data: 'synthetic',
        budgets: [40_000],
        learningRates: [],
        seeds: [1],
        head: 'free',
        batchSize: 16,
        maxLength: 64,
        epochs: null,
        maxSteps: 32,
        unmaskEvery: 1,
        biasCorrection: 'entry',
        dropout: true,
        adapterConfig: null,
        scope: null,
        limit: null,
      });
      await execute(runs, options);
    });
}
