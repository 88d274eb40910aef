import { runExperiment, ensureWritableFolder, type RunResult, type RunSettings } from '@unmask/benchmark';
import { selectBackend } from '@unmask/tensor-core';
import { progressHooks } from './progress.js';
import { resultsTable } from './table.js';

/** How a list of runs is carried out and shown. */
export interface ExecuteOptions {
  readonly backend: string;
  readonly out: string;
  /** Print the results as JSON on standard output, and nothing else there. */
  readonly json: boolean;
  /** Steps from one save of a run to the next. */
  readonly checkpointEvery?: number;
}

/** Carries out the runs one after another and prints their results: a table, or JSON. */
export async function execute(runs: readonly RunSettings[], { backend, out, json, checkpointEvery }: ExecuteOptions): Promise<void> {
  await ensureWritableFolder(out);
  const engine = await selectBackend(backend);
  process.stderr.write(`${engine.message}\n`);
  const results: RunResult[] = [];
  for (const settings of runs) {
    results.push(await runExperiment(settings, { out, backend: engine.name, hooks: progressHooks(), ...(checkpointEvery === undefined ? {} : { checkpointEvery }) }));
  }
  process.stdout.write(`${json ? JSON.stringify(results, null, 2) : resultsTable(results)}\n`);
  if (!json) process.stderr.write(`${results.length} result.json under ${out}\n`);
}
