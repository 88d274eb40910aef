import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnmaskError } from '@unmask/tensor-core';
import { ensureWritableFolder } from '../files/files.js';
import { trainingName, type TrainingSettings } from '../settings.js';
import { FILES } from '../files/names.js';
import { acquireLock } from '../files/lock.js';
import { CARD } from './card.js';

/** Name of the folder in which a training that is not done keeps its files. */
const TRAINING = 'training';

/** Files of a trained model, the card first: without it the others are none. */
const OWN = [CARD, 'delta.safetensors', 'adapter_config.json', 'adapter_model.safetensors', FILES.result, 'report.md'];

/** The folder of a model that is being trained. */
export class OutputFolder {
  readonly #path: string;
  readonly #overwrite: boolean;

  private constructor(path: string, overwrite: boolean) {
    this.#path = path;
    this.#overwrite = overwrite;
  }

  /**
   * Opens a folder that is empty, or holds an unfinished training that may go on.
   * @param overwrite also one that holds a model, which stays until there is another
   * @throws UnmaskError when something else is there
   */
  static async open(path: string, overwrite: boolean): Promise<OutputFolder> {
    await ensureWritableFolder(path);
    const names = await readdir(path);
    const foreign = names.find((name) => name !== TRAINING && !OWN.includes(name));
    if (foreign !== undefined) throw new UnmaskError(`${path} holds ${foreign}, which is not of a trained model: give --out a new folder`);
    if (names.includes(CARD) && !overwrite) throw new UnmaskError(`${path} holds a trained model already: give --out a new folder, or --overwrite to replace it`);
    return new OutputFolder(path, overwrite);
  }

  /** Where the run has its own folder. */
  get runs(): string {
    return join(this.#path, TRAINING);
  }

  /**
   * Does the work of a run alone in the folder. Whatever ends it, only a saved state stays of it.
   * @throws UnmaskError when another process is at it, or another run was begun here and has saved its state
   */
  async withRun<T>(settings: TrainingSettings, work: (run: string) => Promise<T>): Promise<T> {
    const name = trainingName(settings);
    const others = (await this.#savedRuns()).filter((other) => other !== name);
    if (others.length > 0 && !this.#overwrite) {
      throw new UnmaskError(`${this.#path} holds a training on other data or with other options that was cut off: give those again to go on with it, or --overwrite to begin anew`);
    }
    await ensureWritableFolder(join(this.runs, name));
    const lock = await acquireLock(join(this.runs, name, FILES.lock));
    if (!lock) throw new UnmaskError(`another process is training in ${this.#path}: wait for it, or give --out another folder`);
    try {
      for (const other of others) await rm(join(this.runs, other), { recursive: true });
      return await work(join(this.runs, name));
    } finally {
      await lock.release();
      if (!(await this.#savedRuns()).includes(name)) await rm(join(this.runs, name), { recursive: true, force: true });
    }
  }

  /** Takes files of a run for the model's, in place of those of a model that was here. */
  async take(run: string, names: readonly string[]): Promise<void> {
    for (const name of OWN) await rm(join(this.#path, name), { force: true });
    for (const name of names) await rename(join(run, name), join(this.#path, name));
  }

  /** Deletes the folder if nothing is in it. */
  async close(): Promise<void> {
    for (const folder of [this.runs, this.#path]) await rmdir(folder).catch(() => undefined); // something is in it
  }

  async #savedRuns(): Promise<string[]> {
    const names = await readdir(this.runs).catch(() => []);
    const saved = await Promise.all(names.map((name) => stat(join(this.runs, name, FILES.state)).then(() => true, () => false)));
    return names.filter((_, index) => saved[index]);
  }
}
