import { expandGrid } from '@unmask/benchmark';
import { taskNames } from '@unmask/tasks';
import { Command } from 'commander';
import { execute } from '../execute.js';
import { integers, list, positiveNumbers } from '../options.js';
import { addTrainingOptions, METHOD_NAMES, METHODS_HELP, trainingSettings, type TrainingOptions } from '../training-options.js';

interface RunOptions extends TrainingOptions {
  tasks: string[];
  methods: string[];
  data: string;
  budget: number[];
  lr: number[];
  seed: number[];
  out: string;
  json: boolean;
}

/** `unmask run`: every combination of tasks, methods, budgets, learning rates and seeds. */
export function runCommand(): Command {
  return addTrainingOptions(
    new Command('run')
      .description('fine-tune and evaluate a model: every combination of the lists given')
      .requiredOption('--tasks <names>', `tasks: ${taskNames.join(', ')}`, list)
      .option('--methods <names>', `methods: ${METHOD_NAMES}`, list, ['id3'])
      .requiredOption('--data <folder|hub|synthetic>', 'folder with <task>/train.jsonl, <task>/validation.jsonl and so on; hub: downloaded from the Hugging Face hub; or synthetic')
      .option('--budget <numbers>', 'entries that a method may unmask', integers(0), [40_000])
      .option('--lr <numbers>', "learning rates; default: each method's own", positiveNumbers, [])
      .option('--seed <numbers>', 'seeds of order, dropout and head', integers(0), [1]),
  )
    .option('--out <folder>', 'where result.json and the trained change of each run go', 'runs')
    .option('--json', 'print the results as JSON on standard output', false)
    .addHelpText(
      'after',
      `
Examples:
  ID³ against full fine-tuning on GLUE from the hub, three epochs:
    unmask run --tasks rte,mrpc --methods id3,fft --data hub --budget 40000 --epochs 3
  A learning-rate grid over two seeds on your copy of GLUE, as JSON:
    unmask run --tasks cola --methods id3 --data glue --lr 1e-3,3e-3 --seed 1,2 --json
  LoRA of all linear layers, dense and sparsified:
    unmask run --tasks cola --methods lora,id3+lora --data glue --budget 20000 --adapter-config '{"target_modules":"all-linear"}'
  Without any data of your own:
    unmask run --tasks sst2 --data synthetic --max-steps 50
${METHODS_HELP}`,
    )
    .action(async (options: RunOptions) => {
      const { tasks, methods, data } = options;
      const runs = expandGrid({ ...trainingSettings(options), tasks, methods, data, budgets: options.budget, learningRates: options.lr, seeds: options.seed });
      await execute(runs, options);
    });
}
