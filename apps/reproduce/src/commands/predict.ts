import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { extname } from 'node:path';
import { formatRows, loadTrainedModel, noteBadRows, predictRows, type RowFormat, rowFormatOf, type TrainedModel } from '@unmask/trainer';
import { type OnBadRow, readUserInputs, readUserTexts, type UserInput } from '@unmask/tasks';
import { backendNames, printable, selectBackend, UnmaskError, writeWhole } from '@unmask/tensor-core';
import { Command, Option } from 'commander';
import { note } from '../note.js';
import { addFileOptions, integer } from '../options.js';

interface PredictOptions {
  model: string;
  data?: string;
  textInput?: string[];
  out?: string;
  json: boolean;
  base?: string;
  skipBadRows: boolean;
  batchSize: number;
  backend: string;
  delimiter?: string;
  encoding?: string;
}

/** `unmask predict`: answers rows with a trained model. */
export function predictCommand(): Command {
  return addFileOptions(new Command('predict')
    .description('answer rows, or lines of standard input, with what unmask train has trained')
    .requiredOption('--model <folder>', 'the --out folder of unmask train, or of unmask merge')
    .addOption(new Option('--data <file>', 'rows with the text columns of the training rows: .csv, .tsv, .jsonl or .parquet').conflicts('textInput'))
    .option('--text-input <texts...>', 'texts to answer; the two of a pair with a tab between them')
    .option('--out <file>', 'file to write, .csv or .jsonl; standard output by default')
    .addOption(new Option('--json', 'print JSON Lines on standard output').default(false).conflicts('out'))
    .option('--skip-bad-rows', 'go on without rows of --data that do not fit, and say which they are', false)
    .option('--base <folder|id>', 'the model that was trained, when it is no longer where it was')
    .option('--batch-size <n>', 'rows a forward pass', integer(1), 32)
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto'))
    .addHelpText(
      'after',
      `
Each row keeps its columns as they stand and gets "prediction" (a class, a score, tags, or a text) and, for classes, "probability";
both are empty where the text is. In CSV an answer that a spreadsheet would take for a formula begins with an apostrophe. Without --data
each text is a line, and its answer, with a tab before the probability.

Examples:
  All rows of a file:
    unmask predict --model my-model --data new.csv --out predictions.csv
  One text:
    unmask predict --model my-model --text-input 'The ball hit the post.'
  Lines from another program, as JSON Lines:
    tail -n 100 messages.txt | unmask predict --model my-model --json`,
    )
    .action(async (options: PredictOptions) => {
      const format = formatFor(options);
      if (options.data === undefined && options.textInput === undefined && process.stdin.isTTY) throw new UnmaskError('there is nothing to answer: give --data, --text-input, or lines on standard input');
      const engine = await selectBackend(options.backend);
      process.stderr.write(`${engine.message}\n`);
      const trained = await loadTrainedModel(options.model, { base: options.base });
      try {
        await answer(trained, options, format);
      } finally {
        trained.model.dispose();
      }
    });
}

function formatFor({ data, out, json }: PredictOptions): RowFormat {
  if (out !== undefined) return rowFormatOf(out);
  if (json) return 'jsonl';
  if (data === undefined) return 'plain';
  return ['.jsonl', '.parquet'].includes(extname(data).toLowerCase()) ? 'jsonl' : 'csv';
}

function inputsFor({ user }: TrainedModel, { data, textInput, delimiter, encoding }: PredictOptions, onBadRow: OnBadRow | undefined): AsyncGenerator<UserInput> {
  if (data !== undefined) return readUserInputs(data, user, { onBadRow, delimiter, encoding });
  return readUserTexts(textInput ?? createInterface({ input: process.stdin }), user);
}

/** Milliseconds from one line about the progress to the next. */
const EVERY = 5000;

async function answer(trained: TrainedModel, options: PredictOptions, format: RowFormat): Promise<void> {
  const start = performance.now();
  let [rows, empty, told] = [0, 0, start];
  const tell = () => {
    told = performance.now();
    const seconds = (told - start) / 1000;
    process.stderr.write(`${rows} rows in ${seconds.toFixed(1)} s, ${(rows / seconds).toFixed(0)} rows/s\n`);
  };
  const counted = async function* (onBadRow: OnBadRow | undefined) {
    for await (const row of predictRows(trained, inputsFor(trained, options, onBadRow), options.batchSize)) {
      yield row;
      rows++;
      if (row.prediction === null) empty++;
      if (performance.now() - told > EVERY) tell();
    }
  };
  const write = async (lines: AsyncIterable<string>) => {
    if (options.out !== undefined) return writeWhole(options.out, lines);
    const shown = (line: string) => (process.stdout.isTTY ? printable(line, '\n\t') : line);
    for await (const line of lines) if (!process.stdout.write(shown(line))) await once(process.stdout, 'drain');
  };
  await noteBadRows(options.data ?? '', options.skipBadRows, note, (onBadRow) => write(formatRows(counted(onBadRow), format)));
  tell();
  if (empty > 0) note(`${empty} rows have an empty text: their answer is empty`);
}
