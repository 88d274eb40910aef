import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UnmaskError } from '@unmask/tensor-core';
import { acquireLock, ensureWritableFolder, FILES, type Lock, type Predictions, readHistory, sha256, writeFileAtomically } from '@unmask/trainer';
import type { RunResult } from '../result.js';
import { DEFAULT_SETTINGS, runName, type RunSettings } from '../settings.js';
import { type FailedRun, FAILURE, type StoredRun } from './run-files.js';

/** What the store knows of a run. */
export type RunStatus =
  | { readonly kind: 'absent' }
  | { readonly kind: 'finished'; readonly result: RunResult }
  /** There is a result that cannot be trusted. */
  | { readonly kind: 'damaged'; readonly problem: string };

/** All runs under a folder. */
export interface StoredRuns {
  readonly finished: readonly StoredRun[];
  readonly failed: readonly FailedRun[];
  /** Folders of runs that are under way, were cut off, or are damaged. */
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
    await writeFileAtomically(join(this.folderOf(settings), FAILURE), `${JSON.stringify(failure, null, 2)}\n`);
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
    const [finished, failed, unfinished]: [StoredRun[], FailedRun[], string[]] = [[], [], []];
    for (const name of entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()) {
      const folder = join(this.root, name);
      const status = await statusOf(folder, name);
      if (status.kind === 'finished') {
        finished.push({ folder, result: status.result, history: await readHistory(folder), predictions: (await readJson<Predictions[]>(join(folder, FILES.predictions))) ?? [] });
        continue;
      }
      const failure = await readJson<Omit<FailedRun, 'folder'>>(join(folder, FAILURE));
      if (failure) failed.push({ folder, ...failure });
      else if ((await readdir(folder)).some(isRunFile)) unfinished.push(folder);
    }
    return { finished, failed, unfinished };
  }
}

/** Whether a file of this name shows that its folder is a run's: a report, for one, may lie beside runs. */
const isRunFile = (name: string) => [FAILURE, ...Object.values<string>(FILES)].includes(name);

async function statusOf(folder: string, name: string): Promise<RunStatus> {
  const text = await readFile(join(folder, FILES.result), 'utf8').catch(() => undefined);
  if (text === undefined) return { kind: 'absent' };
  const damaged = (problem: string): RunStatus => ({ kind: 'damaged', problem });
  let result: RunResult;
  try {
    result = JSON.parse(text) as RunResult;
    if (runName(settingsOf(result)) !== name) return damaged('it is of other settings');
  } catch {
    return damaged('it is no JSON of a result');
  }
  const hash = await sha256(join(folder, result.deltaFile)).catch(() => undefined);
  if (hash === undefined) return damaged(`${result.deltaFile} is missing`);
  return hash === result.deltaSha256 ? { kind: 'finished', result } : damaged(`${result.deltaFile} is not the file that was written`);
}

/** The settings in a result. */
function settingsOf(result: RunResult): RunSettings {
  const { task, method, model, data, seed, budget, learningRate } = result;
  const others = Object.fromEntries(Object.keys(DEFAULT_SETTINGS).map((name) => [name, result[name as keyof RunSettings]]));
  return { ...DEFAULT_SETTINGS, ...others, task, method, model, data, seed, budget, learningRate };
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined; // absent or cut off
  }
}
