import { acquireLock, type Lock } from '@unmask/files';
import { factsOf, joinPath, nameOf, namesIn, removeEmptyFolder, removePath, renamePath, UnmaskError } from '@unmask/tensor-core';
import { ensureWritableFolder, PROBE } from '../files/files.js';
import { FILES } from '../files/names.js';
import { trainingName, type TrainingSettings } from '../settings.js';
import { isOf, trainingStatus } from '../training/finished.js';
import { CARD, readCard } from './card.js';

/** Name of the folder in which a training that is not done keeps its files. */
const TRAINING = 'training';

/** Files of a trained model by what was trained, and those that any has; without its card they are none. */
const CHANGES = { 'delta.safetensors': ['delta.safetensors'], 'adapter_model.safetensors': ['adapter_config.json', 'adapter_model.safetensors'] };
const REPORTS = [FILES.result, 'report.md'];
const OWN = [...Object.values(CHANGES).flat(), ...REPORTS];

/** The folder of a model that is being trained, held by this process. */
export class OutputFolder {
  /** By which this process holds it. */
  readonly lock: Lock;
  readonly #path: string;
  readonly #overwrite: boolean;
  readonly #wasCutOff: boolean;

  private constructor(path: string, { overwrite, wasCutOff, lock }: { overwrite: boolean; wasCutOff: boolean; lock: Lock }) {
    this.lock = lock;
    this.#wasCutOff = wasCutOff;
    this.#path = path;
    this.#overwrite = overwrite;
  }

  /**
   * Takes a folder that is empty, or holds an unfinished training that may go on.
   * @param overwrite also one that holds a model, which stays until there is another
   * @throws UnmaskError when something else is there, a link, or another process
   */
  static async open(path: string, overwrite: boolean): Promise<OutputFolder> {
    await ensureWritableFolder(path);
    for (const folder of [...(overwrite ? [path] : []), joinPath(path, TRAINING)]) await refuseLink(folder);
    const names = (await namesIn(path))!;
    const foreign = names.find((name) => ![TRAINING, CARD, PROBE, ...OWN].includes(name));
    if (foreign !== undefined) throw new UnmaskError(`${path} holds ${foreign}, which is not of a trained model: give --out a new folder`);
    const wasCutOff = names.includes(TRAINING);
    if (names.includes(CARD) && !wasCutOff && !overwrite) throw alreadyThere(path);
    await ensureWritableFolder(joinPath(path, TRAINING));
    const lock = await acquireLock(joinPath(path, TRAINING, FILES.lock));
    if (!lock) throw new UnmaskError(`another process is training in ${path}: wait for it, or give --out another folder`);
    return new OutputFolder(path, { overwrite, wasCutOff, lock });
  }

  /**
   * Does the work of a run, unless a killed process has done it. Whatever ends it, only a saved state or a result stays of it.
   * @param work is given the run's folder, and leaves the model's files there, the card last
   * @throws UnmaskError when there is a model already, or another run was begun here and has saved its state
   */
  async withRun(settings: TrainingSettings, work: (run: string) => Promise<void>): Promise<void> {
    const run = joinPath(this.#path, TRAINING, trainingName(settings));
    await refuseLink(run);
    const others = (await this.#runs()).filter(({ folder, isSaved }) => isSaved && folder !== run);
    try {
      if (!(await this.#isDone(settings))) {
        if (!this.#overwrite && (await exists(joinPath(this.#path, CARD)))) throw alreadyThere(this.#path);
        if (!this.#overwrite && others.length > 0) {
          throw new UnmaskError(`${this.#path} holds a training on other data or with other options that was cut off: give those again to go on with it, or --overwrite to begin anew`);
        }
        if (!(await exists(joinPath(run, CARD)))) await work(run);
        await this.#take(run);
      }
      for (const { folder } of await this.#runs()) await removePath(folder);
    } finally {
      const isSaved = (await this.#runs()).some(({ folder, isSaved }) => isSaved && folder === run);
      if (!isSaved && (await this.lock.isHeld())) await removePath(run);
    }
  }

  /** Lets go of the folder, and deletes it if nothing is in it. */
  async close(): Promise<void> {
    await this.lock.release();
    for (const folder of [joinPath(this.#path, TRAINING), this.#path]) await removeEmptyFolder(folder);
  }

  /** Whether a killed process had this very model in place, and did not come to tidying up. */
  async #isDone(settings: TrainingSettings): Promise<boolean> {
    if (!this.#wasCutOff || !(await exists(joinPath(this.#path, CARD))) || (await exists(joinPath(this.#path, TRAINING, trainingName(settings), FILES.state)))) return false;
    return (await trainingStatus(this.#path, isOf(settings))).kind === 'finished';
  }

  /** Puts the files of a run in the place of those of a model that was here. After a kill it is done again: the card goes last. */
  async #take(run: string): Promise<void> {
    const { change } = await readCard(run);
    const names = [...(change === null ? [] : CHANGES[change]), ...REPORTS];
    await removePath(joinPath(this.#path, CARD));
    for (const name of names) if (await exists(joinPath(run, name))) await renamePath(joinPath(run, name), joinPath(this.#path, name));
    for (const name of OWN.filter((own) => !names.includes(own))) await removePath(joinPath(this.#path, name));
    await renamePath(joinPath(run, CARD), joinPath(this.#path, CARD));
  }

  /** Folders of runs, and whether there is something in them to go on with. */
  async #runs(): Promise<{ folder: string; isSaved: boolean }[]> {
    const parent = joinPath(this.#path, TRAINING);
    const folders = ((await namesIn(parent)) ?? []).filter((name) => name !== PROBE && !name.startsWith(FILES.lock)).map((name) => joinPath(parent, name));
    return Promise.all(folders.map(async (folder) => ({ folder, isSaved: (await Promise.all([FILES.state, FILES.result, CARD].map((name) => exists(joinPath(folder, name))))).some(Boolean) })));
  }
}

const alreadyThere = (path: string) => new UnmaskError(`${path} holds a trained model already: give --out a new folder, or --overwrite to replace it`);

/** @throws UnmaskError for a link, by which files elsewhere would be replaced */
async function refuseLink(path: string): Promise<void> {
  if ((await factsOf(path))?.isLink) throw new UnmaskError(`${path} is a link, and nothing is replaced through ${nameOf(path)}: give --out the folder itself`);
}

const exists = async (path: string) => (await factsOf(path)) !== undefined;
