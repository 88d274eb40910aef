import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES } from '@unmask/trainer';

/** Files that are replaced whole: a second name keeps one as it is. */
const REPLACED = [FILES.state, FILES.best];
/** Files that grow. */
const GROWING = [FILES.history];

/** Files with which another machine can go on with a run. */
export const STATE_FILES: readonly string[] = [...GROWING, FILES.best, FILES.state];

/**
 * Passes on the states that a run saves, one after the other, while the run goes on; of those that come while another is on its
 * way only the last is taken.
 */
export class Snapshots {
  readonly #run: string;
  readonly #folder: string;
  readonly #pass: (folder: string) => Promise<void>;
  #next: string | undefined;
  #passing: Promise<void> | undefined;
  #count = 0;

  /**
   * @param run the run's folder
   * @param folder for copies, on the same disk
   * @param pass takes a folder with {@link STATE_FILES}
   */
  constructor(run: string, folder: string, pass: (folder: string) => Promise<void>) {
    this.#run = run;
    this.#folder = folder;
    this.#pass = pass;
  }

  /** Takes the state that the run has just saved. */
  async take(): Promise<void> {
    const copy = join(this.#folder, String(++this.#count));
    await mkdir(copy, { recursive: true });
    for (const name of REPLACED) await link(join(this.#run, name), join(copy, name)).catch(ignoreAbsent);
    for (const name of GROWING) await copyFile(join(this.#run, name), join(copy, name)).catch(ignoreAbsent);
    const skipped = this.#next;
    this.#next = copy;
    if (skipped !== undefined) await rm(skipped, { recursive: true });
    this.#passing ??= this.#passAll().finally(() => (this.#passing = undefined));
    this.#passing.catch(() => undefined); // settled tells
  }

  /** Waits until all is passed on. @throws what passing on throws */
  async settled(): Promise<void> {
    await this.#passing;
  }

  async #passAll(): Promise<void> {
    for (let copy = this.#next; copy !== undefined; copy = this.#next) {
      this.#next = undefined;
      await this.#pass(copy);
      await rm(copy, { recursive: true });
    }
  }
}

/** A run without evaluations on the way has no best step. */
function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
