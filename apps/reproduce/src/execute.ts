import { runGrid, type Cell } from '@unmask/benchmark';
import { ensureWritableFolder } from '@unmask/trainer';
import { selectBackend, UnmaskError } from '@unmask/tensor-core';
import { chosenCells, type ExecutionOptions, withExecutor } from './execution-options.js';
import { interruptible } from './interrupt.js';
import { asJson } from './json.js';
import { withGridProgress } from './progress.js';
import { resultsTable } from './table.js';

/** How a list of runs is carried out and shown. */
export interface ExecuteOptions extends ExecutionOptions {
  readonly backend: string;
  readonly out: string;
  /** Print the results as JSON on standard output, and nothing else there. */
  readonly json: boolean;
  /** Steps from one save of a run to the next. */
  readonly checkpointEvery?: number;
  /** Whether runs write event files of TensorBoard. */
  readonly tensorboard?: boolean;
}

/**
 * Carries out what is not finished yet of some runs and prints the results of all: a table, or JSON.
 * @throws UnmaskError when some have failed, after the others have been done
 */
export async function execute(cells: readonly Cell[], options: ExecuteOptions): Promise<void> {
  const { backend, out, json, checkpointEvery = 200, tensorboard = false } = options;
  const chosen = chosenCells(cells, options);
  await ensureWritableFolder(out);
  const engine = await selectBackend(backend);
  process.stderr.write(`${engine.message}\n`);
  const { results, failures, finishedBefore } = await interruptible((signal) =>
    withExecutor(options, out, (executor) => withGridProgress((hooks) => runGrid(chosen, { out, backend: engine.name, executor, signal, hooks, checkpointEvery, tensorboard }))),
  );
  if (json) process.stdout.write(`${asJson(results)}\n`);
  else if (results.length > 0) process.stdout.write(`${resultsTable(results)}\n`);
  if (!json) process.stderr.write(`${results.length} results under ${out}${finishedBefore > 0 ? `, ${finishedBefore} of them from before` : ''}\n`);
  if (failures.length === 0) return;
  const [{ error }] = failures;
  throw new UnmaskError(`${failures.length} of ${failures.length + results.length} runs failed, the first with: ${error.message} (the same command tries them again)`, { cause: error });
}
