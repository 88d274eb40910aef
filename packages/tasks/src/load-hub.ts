import { fetchHubFile, type HubOptions } from '@unmask/hub';
import { UnmaskError } from '@unmask/tensor-core';
import { exampleOf } from './example.js';
import { readLocated } from './files/located-row.js';
import { readParquet } from './files/parquet/parquet.js';
import { checkLimit } from './limit.js';
import type { LoadOptions } from './load.js';
import { getTask, taskNames } from './registry.js';
import type { ExampleOf, Split, PublishedTask } from './task.js';

/** Options of {@link loadHubSplit}. */
export interface LoadHubOptions extends LoadOptions, HubOptions {}

/**
 * Reads a split of a task from its parquet file on the Hugging Face hub, which is downloaded once. Rows are held to the same
 * rules as by `loadSplit`, and not read past `limit` (but for the rest of a row group).
 * @throws UnmaskError `unsupported` for a task without data on the hub; `not-found` when the file can be had neither from the
 * hub nor from the cache; `bad-file` when it is no parquet file that can be read; `bad-data` (with file and row) for the first
 * row that does not fit; `bad-argument` for a limit that is not a whole number of at least 1
 */
export async function loadHubSplit<T extends PublishedTask>(task: T, split: Split, { limit = Infinity, ...options }: LoadHubOptions = {}): Promise<ExampleOf<T>[]> {
  checkLimit(limit);
  if (task.hub === undefined) {
    const others = taskNames.filter((name) => getTask(name).hub !== undefined);
    throw new UnmaskError(`task ${task.name} has no data on the hub: give a folder, or use one of ${others.join(', ')}`, { code: 'unsupported' });
  }
  const { repository, revision } = task.hub;
  const path = await fetchHubFile({ type: 'dataset', name: repository, revision }, task.hub.file(split), options);
  const examples: ExampleOf<T>[] = [];
  for await (const row of readParquet(path, limit, 'delete it, and it is downloaded again')) examples.push(readLocated(path, row, (values) => exampleOf(task, values)));
  if (examples.length === 0) throw new UnmaskError(`${path} has no rows; delete it, and it is downloaded again`, { code: 'bad-data' });
  return examples;
}
