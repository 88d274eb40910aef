import { DATA_FORMATS, kindWords, type Task } from '@unmask/tasks';
import { readText, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { fineTune, shellWord } from '@unmask/trainer';
import { Command, Option } from 'commander';
import { oneOf } from '../choice.js';
import { defaultModel } from '../default-model.js';
import { reporters, trackers } from '../reporters.js';
import { interruptible } from '../interrupt.js';
import { asJson } from '../json.js';
import { addFileOptions, integer, integers, list, positiveNumber, share, threshold } from '../options.js';
import { withProgress } from '../progress.js';
import { resultsTable } from '../table.js';
import { addTrainingOptions, METHOD_NAMES, METHODS_HELP, trainingSettings, type TrainingOptions } from '../training-options.js';

/** What a user calls the kinds of tasks. */
const KINDS = Object.fromEntries(Object.entries(kindWords).map(([kind, word]) => [word, kind])) as Readonly<Record<string, Task['kind']>>;

interface TrainOptions extends TrainingOptions {
  data: string;
  text?: string[];
  label?: string;
  delimiter?: string;
  encoding?: string;
  template?: string;
  chatTemplate?: string;
  separator?: string;
  threshold?: number | Readonly<Record<string, number>>;
  loss?: string;
  beta?: number;
  matryoshka?: number[];
  task?: string;
  evalData?: string;
  evalShare: number;
  maxNewTokens?: number;
  method: string;
  budget: number;
  lr?: number;
  seed: number;
  reportTo?: string[];
  logEvery?: number;
  out: string;
  skipBadRows: boolean;
  overwrite: boolean;
  json: boolean;
}

/** `unmask train`: fine-tunes a model on a user's own rows. */
export function trainCommand(): Command {
  return addFileOptions(addTrainingOptions(
    new Command('train')
      .description('fine-tune a model on your own rows: classes, scores, tags, completions, conversations, plain text, embeddings, preferences')
      .requiredOption('--data <file>', `rows: ${DATA_FORMATS}`)
      .option('--text <columns>', 'column of the text, of its words or of the prompt; several with commas between for texts that belong together', list)
      .option('--label <column>', 'column of the class, the score, the tags or the completion')
      .addOption(oneOf(new Option('--task <kind>', 'what the rows ask for; by their fields and what stands in the label column when left out'), Object.keys(KINDS)))
      .option('--template <text>', "of chat: what the user says, columns in braces, as in 'Translate: {text}'; of text: all of it")
      .option('--chat-template <file>', "of chat and preference: a Jinja template, instead of the model's own")
      .option('--separator <text>', 'of multilabel: what stands between labels that are one text (default: ",")')
      .option('--threshold <p>', 'of multilabel: from which probability a label is given, or label=p,label=p for some of them (default: 0.5)', threshold)
      .option('--loss <name>', 'of embeddings ranking, triplet or cosine; of preferences dpo or orpo')
      .option('--beta <number>', 'of preferences: how near to what the model was before training it stays, or the weight of the odds (default: 0.1)', positiveNumber)
      .option('--matryoshka <sizes>', 'of embeddings: sizes at which vectors are to be good when they are cut off, as 64,128,384', integers(1))
      .addOption(new Option('--eval-data <file>', 'labelled rows to measure on, instead of some of --data').conflicts('evalShare'))
      .option('--eval-share <share>', 'share of --data to measure on, and not to train on', share, 0.1)
      .option('--skip-bad-rows', 'go on without rows that do not fit, and say which they are', false)
      .option('--max-new-tokens <n>', 'of texts that the model writes: most tokens (default: 128, of chat and preference 256)', integer(1))
      .option('--method <name>', `method: ${METHOD_NAMES}`, 'id3')
      .option('--budget <n>', 'entries that the method may unmask', integer(0), 40_000)
      .option('--lr <rate>', "learning rate; default: the method's own", positiveNumber)
      .option('--report-to <trackers>', 'report each step to tensorboard (an event file in --out), wandb or mlflow, or several with commas between', trackers)
      .option('--log-every <n>', 'steps from one report to the next, and a line for each on standard error', integer(1))
      .option('--seed <n>', 'seed of order, dropout, head and the rows to measure on', integer(0), 1),
  ))
    .requiredOption('--out <folder>', 'where the trained model goes')
    .option('--overwrite', 'replace a trained model that is in --out', false)
    .option('--json', 'print the result as JSON on standard output', false)
    .addHelpText(
      'after',
      `
Examples:
  A classifier from a spreadsheet, a tenth of whose rows are kept to measure on:
    unmask train --data mine.csv --text body --label topic --method id3 --budget 40000 --out my-model
  Pairs of texts, measured on a file of their own:
    unmask train --data pairs.jsonl --text premise,hypothesis --label verdict --eval-data test.jsonl --out my-model
  Scores, full fine-tuning:
    unmask train --data reviews.csv --text review --label stars --task regression --method fft --out my-model
  Conversations and instructions, in the shapes that others give them, by LoRA on a decoder:
    unmask train --data chats.jsonl --model HuggingFaceTB/SmolLM2-135M-Instruct --method lora --packing --max-length 512 --out my-model
  Preferences between answers, with a sparse change of the model:
    unmask train --data preferences.jsonl --task preference --model HuggingFaceTB/SmolLM2-135M-Instruct --method id3 --out my-model
  Vectors of questions near those of their answers:
    unmask train --data faq.csv --task embedding --text question,answer --out my-model
  A language model that reads on:
    unmask train --data book.txt --model HuggingFaceTB/SmolLM2-135M --method lora --max-length 512 --out my-model
Then: unmask predict --model my-model --data new.csv
${METHODS_HELP}`,
    )
    .action(async (options: TrainOptions) => {
      const { data, text, label, evalData: evaluationData, evalShare: evaluationShare, method, budget, lr, seed, out, overwrite, skipBadRows, checkpointEvery } = options;
      const { delimiter, encoding, template: prompt, separator, threshold, loss, beta, matryoshka, maxNewTokens } = options;
      const { limit, model = defaultModel(), ...settings } = trainingSettings(options);
      const chatTemplate = options.chatTemplate === undefined ? undefined : await templateIn(options.chatTemplate);
      const reports = await reporters(options);
      const engine = await selectBackend(options.backend);
      process.stderr.write(`${engine.message}\n`);
      const rows = { data, text, label, task: options.task === undefined ? undefined : KINDS[options.task], evaluationData, evaluationShare, delimiter, encoding, limit: limit ?? undefined, skipBadRows };
      const form = { prompt, chatTemplate, separator, threshold, loss, beta, matryoshka, maxNewTokens };
      const work = { ...settings, ...rows, ...form, model, method, budget, ...(lr !== undefined && { learningRate: lr }), seed };
      const trained = await interruptible((signal) => withProgress((hooks) => fineTune({ ...work, out, overwrite, checkpointEvery, backend: engine.name, signal, tensorboard: options.reportTo?.includes('tensorboard') ?? false, callbacks: [hooks, ...reports] })));
      const { result } = trained;
      await trained.dispose();
      process.stdout.write(`${options.json ? asJson(result) : resultsTable([result])}\n`);
      process.stderr.write(`${out}: report.md says more; unmask predict --model ${shellWord(out)} uses it\n`);
    });
}

/** @throws UnmaskError when there is no such file */
async function templateIn(path: string): Promise<string> {
  const template = await readText(path);
  if (template !== undefined) return template;
  throw new UnmaskError(`there is no file ${path}: give --chat-template a file with a template in Jinja`, { code: 'not-found' });
}
