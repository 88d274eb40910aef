import { evaluateModel, loadTrainedModel } from '@unmask/trainer';
import { backendNames, selectBackend } from '@unmask/tensor-core';
import { Command } from 'commander';
import { asJson } from '../json.js';
import { addFileOptions, integer } from '../options.js';
import { note } from '../note.js';
import { withProgress } from '../progress.js';
import { evaluationTable } from '../table.js';

interface EvalOptions {
  model: string;
  data: string;
  limit?: number;
  base?: string;
  batchSize: number;
  backend: string;
  json: boolean;
  delimiter?: string;
  encoding?: string;
  skipBadRows: boolean;
}

/** `unmask eval`: measures a trained model on labelled rows. */
export function evalCommand(): Command {
  return addFileOptions(new Command('eval')
    .description('measure what unmask train has trained on labelled rows')
    .requiredOption('--model <folder>', 'the --out folder of unmask train, or of unmask merge')
    .requiredOption('--data <file>', 'labelled rows with the columns of the training rows: .csv, .tsv, .jsonl or .parquet')
    .option('--limit <n>', 'use the first n rows', integer(1))
    .option('--skip-bad-rows', 'go on without rows that do not fit, and say which they are', false)
    .option('--base <folder|id>', 'the model that was trained, when it is no longer where it was')
    .option('--batch-size <n>', 'rows a forward pass', integer(1), 32)
    .option('--backend <name>', `engine: auto, ${backendNames.join(', ')}`, 'auto')
    .option('--json', 'print the figures as JSON on standard output', false))
    .addHelpText(
      'after',
      `
Metrics come with their standard errors, by which they would vary over other rows of the same number and kind.

Examples:
  unmask eval --model my-model --data test.csv
  unmask eval --model my-model --data test.csv --json > figures.json`,
    )
    .action(async ({ model, data, limit, base, batchSize, backend, json, skipBadRows, delimiter, encoding }: EvalOptions) => {
      const engine = await selectBackend(backend);
      process.stderr.write(`${engine.message}\n`);
      const trained = await loadTrainedModel(model, { base });
      try {
        const evaluation = await withProgress((hooks) => evaluateModel(trained, data, { limit, batchSize, skipBadRows, delimiter, encoding, onNote: note, onProgress: (done, total) => hooks.onPredict?.(done, total) }));
        process.stdout.write(`${json ? asJson(evaluation) : evaluationTable(evaluation)}\n`);
      } finally {
        trained.model.dispose();
      }
    });
}
