import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { copyPath, UnmaskError } from '@unmask/tensor-core';
import { FILES } from '@unmask/trainer';
import type { RunResult } from '../result.js';
import type { StoredRun } from './run-files.js';
import { PASSING, RunStore, settingsOf, type StoredRuns } from './run-store.js';

/** What may differ between two results of a run: when, how fast and by which versions it was made. */
const CIRCUMSTANCES: readonly (keyof RunResult)[] = ['backend', 'secondsTraining', 'secondsEvaluating', 'examplesPerSecond', 'peakMemoryMB', 'versions', 'gitHash', 'finishedAt'];

/**
 * The runs of several folders as those of one. A run that is finished in some of them is finished.
 * @throws UnmaskError naming both folders when two hold different results of the same run
 */
export function mergedRuns(parts: readonly StoredRuns[]): StoredRuns {
  const finished = new Map<string, StoredRun>();
  for (const run of parts.flatMap((part) => part.finished)) {
    const name = basename(run.folder);
    const former = finished.get(name);
    if (former) refuseContradiction(former, run);
    else finished.set(name, run);
  }
  const isOpen = (folder: string) => !finished.has(basename(folder));
  return {
    finished: [...finished.values()].sort((left, right) => (basename(left.folder) < basename(right.folder) ? -1 : 1)),
    failed: parts.flatMap(({ failed }) => failed).filter(({ folder }) => isOpen(folder)),
    damaged: parts.flatMap(({ damaged }) => damaged).filter(({ folder }) => isOpen(folder)),
    unfinished: parts.flatMap(({ unfinished }) => unfinished).filter(isOpen),
  };
}

function refuseContradiction(one: StoredRun, other: StoredRun): void {
  const fields = Object.keys({ ...one.result, ...other.result }).filter((name) => !(CIRCUMSTANCES as readonly string[]).includes(name));
  const differing = fields.filter((name) => !isDeepStrictEqual(one.result[name as keyof RunResult], other.result[name as keyof RunResult]));
  if (!isDeepStrictEqual(one.predictions, other.predictions)) differing.push('predictions');
  if (differing.length === 0) return;
  const how = one.result.backend === other.result.backend ? '' : `, on ${one.result.backend} and ${other.result.backend}`;
  throw new UnmaskError(`${one.folder} and ${other.folder} contradict each other: the same run with another ${differing.join(', ')}${how}; move one of them away`, { code: 'bad-data' });
}

/**
 * Copies the finished runs of several folders into one, where runs may be already; those that are there stay.
 * @returns what is in the folder then, and what the others have besides
 * @throws UnmaskError before anything is copied when two folders, or one of them and this one, hold different results of the same run
 */
export async function mergeRuns(folders: readonly string[], out: string): Promise<StoredRuns> {
  const parts = await Promise.all(folders.map((folder) => new RunStore(folder).read()));
  const there = await new RunStore(out).read().catch((error: unknown) => {
    if (UnmaskError.isInstance(error) && error.code === 'not-found') return undefined;
    throw error;
  });
  const merged = mergedRuns(there ? [there, ...parts] : parts);
  for (const run of merged.finished) if (!there?.finished.includes(run)) await copyRun(run, new RunStore(out));
  return merged;
}

/** Copies a run's files, the result last, so that a run that has one has everything. */
async function copyRun({ folder, result }: StoredRun, store: RunStore): Promise<void> {
  const settings = settingsOf(result);
  const to = store.folderOf(settings);
  const lock = await store.lock(settings);
  if (!lock) throw new UnmaskError(`another process works on ${to}: wait for it`);
  try {
    const names = (await readdir(folder)).filter((name) => !PASSING.includes(name) && name !== FILES.result);
    for (const name of [...names, FILES.result]) await copyPath(join(folder, name), join(to, name));
  } finally {
    await lock.release();
  }
  await store.tidy(settings);
}
