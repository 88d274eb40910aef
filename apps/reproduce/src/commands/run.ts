import { planGrid, type Grid } from '@unmask/benchmark';
import { taskNames } from '@unmask/tasks';
import { UnmaskError } from '@unmask/tensor-core';
import { Command, Option } from 'commander';
import { defaultModel } from '../default-model.js';
import { execute } from '../execute.js';
import { addExecutionOptions, type ExecutionOptions } from '../execution-options.js';
import { integers, list, positiveNumbers } from '../options.js';
import { presetNames, readGrids } from '../presets.js';
import { addTrainingOptions, METHOD_NAMES, METHODS_HELP, trainingSettings, type TrainingOptions } from '../training-options.js';

interface RunOptions extends TrainingOptions, ExecutionOptions {
  preset?: string;
  grid?: string;
  tasks?: string[];
  methods?: string[];
  data?: string;
  budget?: number[];
  lr?: number[];
  seed?: number[];
  searchLr?: boolean;
  out: string;
  tensorboard: boolean;
  json: boolean;
}

/** What `unmask run` does where neither a grid nor the user says anything. */
const STANDARD = { methods: ['id3'], budgets: [40_000] };

/** `unmask run`: every combination of tasks, methods, budgets, learning rates and seeds. */
export function runCommand(): Command {
  return addExecutionOptions(addTrainingOptions(
    new Command('run')
      .description('fine-tune and evaluate a model: every combination of the lists given')
      .addOption(new Option('--preset <name>', `a grid that comes with unmask: ${presetNames.join(', ')}; other options replace what it says`).conflicts('grid'))
      .option('--grid <file>', 'a grid in a YAML file of your own; other options replace what it says')
      .option('--tasks <names>', `tasks: ${taskNames.join(', ')}`, list)
      .option('--methods <names>', `methods: ${METHOD_NAMES} (default: id3)`, list)
      .option('--data <folder|hub|synthetic>', 'folder with <task>/train.jsonl, <task>/validation.jsonl and so on; hub: downloaded from the Hugging Face hub; or synthetic')
      .option('--budget <numbers>', 'entries that a method may unmask (default: 40000)', integers(0))
      .option('--lr <numbers>', "learning rates; default: each method's own", positiveNumbers)
      .option('--search-lr', 'try all learning rates with the first seed, and the other seeds with the best of them')
      .option('--seed <numbers>', 'seeds of order, dropout and head (default: 1)', integers(0)),
  ))
    .option('--out <folder>', 'where result.json and the trained change of each run go; finished runs are not repeated', 'runs')
    .option('--tensorboard', 'write each run\'s history as an event file of TensorBoard, too', false)
    .option('--json', 'print the results as JSON on standard output', false)
    .addHelpText(
      'after',
      `
Examples:
  ID³ against full fine-tuning on GLUE from the hub, three epochs:
    unmask run --tasks rte,mrpc --methods id3,fft --data hub --budget 40000 --epochs 3
  A learning-rate search over two seeds on your copy of GLUE, as JSON:
    unmask run --tasks cola --methods id3 --data glue --lr 1e-3,3e-3 --search-lr --seed 1,2 --json
  LoRA of all linear layers, dense and sparsified:
    unmask run --tasks cola --methods lora,id3+lora --data glue --budget 20000 --adapter-config '{"target_modules":"all-linear"}'
  Without any data of your own:
    unmask run --tasks sst2 --data synthetic --max-steps 50
  A grid of your own; in a second terminal the same command shares the work:
    unmask run --grid study.yaml --out study
  Two runs side by side; and a third of a grid, on one of three machines:
    unmask run --preset mini --jobs 2
    unmask run --grid study.yaml --shard 1/3 --out study-1
  By the workers of a queue, on other machines, each started with unmask worker --queue redis://host:
    unmask run --grid study.yaml --queue redis://host --out study
After Ctrl-C or a crash the same command continues where it was.
${METHODS_HELP}`,
    )
    .action(async (options: RunOptions) => execute((await gridsOf(options)).flatMap(planGrid), options));
}

async function gridsOf(options: RunOptions): Promise<readonly Grid[]> {
  const { preset, grid, tasks, methods, data, budget, lr, seed, searchLr } = options;
  const lists = { tasks, methods, data, budgets: budget, learningRates: lr, seeds: seed, searchLearningRate: searchLr };
  const given: Partial<Grid> = { ...trainingSettings(options), ...Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined)) };
  if (preset !== undefined || grid !== undefined) return readGrids({ preset, file: grid }, given);
  if (!tasks) throw new UnmaskError(`nothing to run: give --tasks with some of ${taskNames.join(', ')}, or a --preset or --grid`);
  if (data === undefined) throw new UnmaskError('no data: give --data FOLDER, --data hub, or --data synthetic');
  return [{ ...STANDARD, model: defaultModel(), ...given, tasks, data }];
}
