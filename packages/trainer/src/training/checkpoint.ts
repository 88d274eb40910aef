import { adapterState, type PeftModel, restoreAdapterState } from '@unmask/adapters';
import { loadTrainingState, saveTrainingState, type SelectiveTraining } from '@unmask/id3';
import { factsOf, nameOf, type Random, renamePath, UnmaskError } from '@unmask/tensor-core';
import * as z from 'zod/mini';
import { parseStored } from '../files/stored-json.js';
import type { BestStep, BestWeights } from './best-step.js';
import type { TrainingSettings } from '../settings.js';

/** What a run in progress has besides its training's state. */
export interface RunProgress {
  /** One a step. */
  readonly losses: readonly number[];
  readonly examplesSeen: number;
  readonly seconds: number;
  readonly best?: BestStep | undefined;
  /** Names of the engines that it ran on so far. */
  readonly backends: readonly string[];
}

const count = z.int().check(z.minimum(0));
const progressSchema: z.ZodMiniType<RunProgress> = z.object({
  losses: z.array(z.number()),
  examplesSeen: count,
  seconds: z.number(),
  best: z.optional(z.object({ step: count, value: z.number(), unmaskedEntries: count, touchedEntries: count, trainedParameters: count, evaluationsSince: count })),
  backends: z.array(z.string()),
});
const word = z.int().check(z.minimum(-(2 ** 31)), z.maximum(2 ** 32 - 1)); // signed or not: the bits count
const randomSchema = z.tuple([word, word, word, word]);

/** What changes from step to step. */
export interface Changing {
  readonly training: SelectiveTraining;
  /** Where dropout comes from. */
  readonly dropout: Random;
  /** The model, if it is an adapted one. */
  readonly adapter?: PeftModel | undefined;
}

/** A run in progress on disk: enough to continue it with the same bits after the process has died. */
export class Checkpoint {
  readonly #path: string;
  readonly #best: BestWeights;
  readonly #settings: string;

  /**
   * @param path of the file
   * @param best the weights that a checkpoint may speak of
   * @param settings of the run: the checkpoint of another one is left alone and written over
   */
  constructor(path: string, best: BestWeights, settings: TrainingSettings) {
    this.#path = path;
    this.#best = best;
    this.#settings = JSON.stringify(settings);
  }

  /** Writes the state between two steps, under a temporary name and then renamed. */
  async save({ training, dropout, adapter }: Changing, progress: RunProgress): Promise<void> {
    const metadata = { settings: this.#settings, dropout: JSON.stringify(dropout.state), progress: JSON.stringify(progress) };
    await saveTrainingState(this.#path, training.state(), metadata, adapter && adapterState(adapter));
  }

  /**
   * Puts the saved state, if there is one of this run, into what is as it was before the first step. If it is damaged, or the
   * best weights that it speaks of are, both files are set aside, and the run begins anew.
   * @param onNote is told of that
   * @returns what had been done by then
   */
  async restore(changing: Changing, onNote: (note: string) => void): Promise<RunProgress | undefined> {
    if (!(await factsOf(this.#path))) return undefined;
    try {
      return await this.#restore(changing);
    } catch (error) {
      if (!UnmaskError.isInstance(error)) throw error;
      const aside = `${this.#path}.damaged`;
      await renamePath(this.#path, aside);
      await this.#best.setAside();
      onNote(`${error.message}; what was saved is set aside as ${nameOf(aside)}, and the training begins anew`);
      return undefined;
    }
  }

  async #restore({ training, dropout, adapter }: Changing): Promise<RunProgress | undefined> {
    const saved = await this.#load();
    if (saved.settings !== this.#settings) return undefined;
    if (saved.progress.best) await this.#best.load();
    const before = adapter && adapterState(adapter);
    try {
      if (adapter) restoreAdapterState(adapter, saved.extra);
      training.restore(saved.state);
    } catch (error) {
      if (adapter) restoreAdapterState(adapter, before!);
      throw error;
    }
    dropout.state = saved.dropout;
    return saved.progress;
  }

  async #load() {
    const { metadata, extra, ...state } = await loadTrainingState(this.#path);
    const { settings, dropout = '', progress = '' } = metadata;
    const named = (name: string) => `${this.#path}: the ${name} in its metadata`;
    return { settings, extra, state, dropout: parseStored(dropout, randomSchema, named('dropout')), progress: parseStored(progress, progressSchema, named('progress')) };
  }
}
