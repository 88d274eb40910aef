import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, type Lock } from '@unmask/files';
import { UnmaskError, writeWhole } from '@unmask/tensor-core';
import { ensureWritableFolder, FILES, predictionsSchema, readHistory, readStoredJson, removeTemporaries, settingsSchema, type TrainingResult, type TrainingSettings, type TrainingStatus, trainingStatus } from '@unmask/trainer';
import * as z from 'zod/mini';
import type { RunResult } from '../result.js';
import { DEFAULT_SETTINGS, runName, type RunSettings } from '../settings.js';
import { type DamagedRun, type FailedRun, FAILURE, type StoredRun } from './run-files.js';

/** What the store knows of a run. */
export type RunStatus = TrainingStatus<RunResult>;

/** All runs under a folder. */
export interface StoredRuns {
  readonly finished: readonly StoredRun[];
  readonly failed: readonly FailedRun[];
  /** With files that cannot be trusted. */
  readonly damaged: readonly DamagedRun[];
  /** Folders of runs that are under way or were cut off. */
  readonly unfinished: readonly string[];
}

/** The runs under one folder, a folder each, named by their settings. Several processes may work on them at once. */
export class RunStore {
  /** Folder of the runs. */
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The folder of a run. */
  folderOf(settings: RunSettings): string {
    return join(this.root, runName(settings));
  }

  /** Whether a run has a whole and undamaged result: its settings, and the saved change's size and hash, are checked. */
  async status(settings: RunSettings): Promise<RunStatus> {
    return statusOf(this.folderOf(settings), runName(settings));
  }

  /** The lock of a run, or undefined while another process works on it. @throws UnmaskError when nothing can be written there */
  async lock(settings: RunSettings): Promise<Lock | undefined> {
    const folder = this.folderOf(settings);
    await ensureWritableFolder(folder);
    return acquireLock(join(folder, FILES.lock));
  }

  /** Records that a run ended in an error. */
  async recordFailure(settings: RunSettings, error: Error): Promise<void> {
    const failure: Omit<FailedRun, 'folder'> = { settings, error: error.message, failedAt: new Date().toISOString() };
    await writeWhole(join(this.folderOf(settings), FAILURE), `${JSON.stringify(failure, null, 2)}\n`);
  }

  /** Deletes what a process that was killed after the result of a run has left besides it. */
  async tidy(settings: RunSettings): Promise<void> {
    const folder = this.folderOf(settings);
    const names = await readdir(folder);
    if (!names.some((name) => PASSING.includes(name) || name.endsWith('.tmp'))) return;
    const lock = await this.lock(settings);
    if (!lock) return; // its process is about to do so
    await Promise.all(PASSING.filter((name) => name !== FILES.lock).map((name) => rm(join(folder, name), { force: true })));
    await removeTemporaries(folder);
    await lock.release();
  }

  /** Forgets an earlier failure of a run. */
  async clearFailure(settings: RunSettings): Promise<void> {
    await rm(join(this.folderOf(settings), FAILURE), { force: true });
  }

  /** All runs under the folder, in alphabetical order. @throws UnmaskError when there is no such folder */
  async read(): Promise<StoredRuns> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch((cause: unknown) => {
      throw new UnmaskError(`no folder of runs at ${this.root}: give the --out folder of unmask run`, { code: 'not-found', cause });
    });
    const runs: { finished: StoredRun[]; failed: FailedRun[]; damaged: DamagedRun[]; unfinished: string[] } = { finished: [], failed: [], damaged: [], unfinished: [] };
    for (const name of entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()) {
      const folder = join(this.root, name);
      try {
        const status = await statusOf(folder, name);
        if (status.kind === 'damaged') throw new UnmaskError(status.problem);
        if (status.kind === 'finished') runs.finished.push({ folder, result: status.result, history: await readHistory(folder), predictions: (await readStoredJson(join(folder, FILES.predictions), predictionsSchema)) ?? [] });
        else if ((await readdir(folder)).some(isRunFile)) {
          const failure = await readStoredJson(join(folder, FAILURE), failureSchema);
          if (failure) runs.failed.push({ folder, ...failure });
          else runs.unfinished.push(folder);
        }
      } catch (error) {
        runs.damaged.push({ folder, problem: (error as Error).message });
      }
    }
    return runs;
  }
}

const failureSchema: z.ZodMiniType<Omit<FailedRun, 'folder'>> = z.object({ settings: settingsSchema as z.ZodMiniType<RunSettings>, error: z.string(), failedAt: z.string() });

/** Files that a finished run does not have. */
export const PASSING: readonly string[] = [FILES.state, FILES.best, FAILURE, FILES.lock];

/** Whether a file of this name shows that its folder is a run's: a report, for one, may lie beside runs. */
const isRunFile = (name: string) => [FAILURE, ...Object.values<string>(FILES)].includes(name);

/** Whether the folder of this name has a result that can be trusted. */
const statusOf = (folder: string, name: string) => trainingStatus(folder, (result) => runName(settingsOf(result)) === name) as Promise<RunStatus>;

/** The settings in a result; those that the release which wrote it did not know are at their defaults. */
export function settingsOf(result: TrainingResult): RunSettings {
  const { task, method, model, data, seed, budget, learningRate } = result;
  const others = Object.fromEntries(Object.keys(DEFAULT_SETTINGS).filter((name) => name in result).map((name) => [name, result[name as keyof TrainingSettings]]));
  return { ...DEFAULT_SETTINGS, ...others, task, method, model, data, seed, budget, learningRate };
}
