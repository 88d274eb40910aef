import { kindWords, type Task } from '@unmask/tasks';
import { selectBackend } from '@unmask/tensor-core';
import { fineTune } from '@unmask/trainer';
import { Command, Option } from 'commander';
import { defaultModel } from '../default-model.js';
import { interruptible } from '../interrupt.js';
import { asJson } from '../json.js';
import { integer, list, positiveNumber, share } from '../options.js';
import { withProgress } from '../progress.js';
import { resultsTable } from '../table.js';
import { addTrainingOptions, METHOD_NAMES, METHODS_HELP, trainingSettings, type TrainingOptions } from '../training-options.js';

/** What a user calls the kinds of tasks. */
const KINDS = Object.fromEntries(Object.entries(kindWords).map(([kind, word]) => [word, kind])) as Readonly<Record<string, Task['kind']>>;

interface TrainOptions extends TrainingOptions {
  data: string;
  text: string[];
  label: string;
  task?: string;
  evalData?: string;
  evalShare: number;
  maxNewTokens?: number;
  method: string;
  budget: number;
  lr?: number;
  seed: number;
  out: string;
  skipBadRows: boolean;
  overwrite: boolean;
  json: boolean;
}

/** `unmask train`: fine-tunes a model on a user's own rows. */
export function trainCommand(): Command {
  return addTrainingOptions(
    new Command('train')
      .description('fine-tune a model on your own rows: classes, scores, tags of words, or completions of prompts')
      .requiredOption('--data <file>', 'labelled rows: .csv, .tsv, .jsonl or .parquet')
      .requiredOption('--text <columns>', 'column of the text, of its words or of the prompt; two with a comma between for pairs of texts', list)
      .requiredOption('--label <column>', 'column of the class, the score, the tags or the completion')
      .addOption(new Option('--task <kind>', 'what the rows ask for; by what stands in the label column when left out').choices(Object.keys(KINDS)))
      .addOption(new Option('--eval-data <file>', 'labelled rows to measure on, instead of some of --data').conflicts('evalShare'))
      .option('--eval-share <share>', 'share of --data to measure on, and not to train on', share, 0.1)
      .option('--skip-bad-rows', 'go on without rows that do not fit, and say which they are', false)
      .option('--max-new-tokens <n>', 'of completions: most tokens (default: 128)', integer(1))
      .option('--method <name>', `method: ${METHOD_NAMES}`, 'id3')
      .option('--budget <n>', 'entries that the method may unmask', integer(0), 40_000)
      .option('--lr <rate>', "learning rate; default: the method's own", positiveNumber)
      .option('--seed <n>', 'seed of order, dropout, head and the rows to measure on', integer(0), 1),
  )
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
  Completions of prompts, by LoRA on a decoder:
    unmask train --data chats.jsonl --text prompt --label completion --model HuggingFaceTB/SmolLM2-135M --method lora --out my-model
Then: unmask predict --model my-model --data new.csv
${METHODS_HELP}`,
    )
    .action(async (options: TrainOptions) => {
      const { data, text, label, evalData: evaluationData, evalShare: evaluationShare, maxNewTokens, method, budget, lr, seed, out, overwrite, skipBadRows, checkpointEvery } = options;
      const { limit, model = defaultModel(), ...settings } = trainingSettings(options);
      const engine = await selectBackend(options.backend);
      process.stderr.write(`${engine.message}\n`);
      const work = { ...settings, model, data, text, label, task: options.task === undefined ? undefined : KINDS[options.task], evaluationData, evaluationShare, maxNewTokens, limit: limit ?? undefined, skipBadRows, method, budget, ...(lr !== undefined && { learningRate: lr }), seed };
      const trained = await interruptible((signal) => withProgress((hooks) => fineTune({ ...work, out, overwrite, checkpointEvery, backend: engine.name, signal, callbacks: [hooks] })));
      const { result } = trained;
      await trained.dispose();
      process.stdout.write(`${options.json ? asJson(result) : resultsTable([result])}\n`);
      process.stderr.write(`${out}: report.md says more; unmask predict --model ${out} uses it\n`);
    });
}
