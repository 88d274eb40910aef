import { fetchHubFile, type HubOptions } from '@unmask/hub';
import { UnmaskError } from '@unmask/tensor-core';
import { checkLimit } from './limit.js';
import type { LoadOptions } from './load.js';
import { readParquet } from './parquet.js';
import { getTask, taskNames } from './registry.js';
import { exampleOf, RowError } from './row.js';
import type { Example, Split, Task } from './task.js';

/** Options of {@link loadHubSplit}. */
export interface LoadHubOptions extends LoadOptions, HubOptions {}

/**
 * Reads a split of a task from its parquet file on the Hugging Face hub, which is downloaded once. Rows are held to the same
 * rules as by `loadSplit`, and not read past `limit` (but for the rest of a row group).
 * @throws UnmaskError `unsupported` for a task without data on the hub; `not-found` when the file can be had neither from the
 * hub nor from the cache; `bad-file` when it is no parquet file that can be read; `bad-data` (with file and row) for the first
 * row that does not fit; `bad-argument` for a limit that is not a whole number of at least 1
 */
export async function loadHubSplit(task: Task, split: Split, { limit = Infinity, ...options }: LoadHubOptions = {}): Promise<Example[]> {
  checkLimit(limit);
  if (task.hub === undefined) {
    const others = taskNames.filter((name) => getTask(name).hub !== undefined);
    throw new UnmaskError(`task ${task.name} has no data on the hub: give a folder, or use one of ${others.join(', ')}`, { code: 'unsupported' });
  }
  const { repository, revision } = task.hub;
  const path = await fetchHubFile({ type: 'dataset', name: repository, revision }, task.hub.file(split), options);
  const rows = await readParquet(path, limit);
  if (rows.length === 0) throw new UnmaskError(`${path} has no rows; delete it, and it is downloaded again`, { code: 'bad-data' });
  return rows.map((row, index) => {
    try {
      return exampleOf(task, row);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      throw new UnmaskError(`${path}, row ${index + 1}, ${error.message}`, { code: 'bad-data', cause: error });
    }
  });
}
