import { access, rm } from 'node:fs/promises';
import { adapterState, type PeftModel, restoreAdapterState } from '@unmask/adapters';
import { loadTrainingState, saveTrainingState, type SelectiveTraining } from '@unmask/id3';
import type { Random, RandomState } from '@unmask/tensor-core';
import type { BestStep } from './best-step.js';
import type { TrainingSettings } from '../settings.js';

/** What a run in progress has besides its training's state. */
export interface RunProgress {
  /** One a step. */
  readonly losses: readonly number[];
  readonly examplesSeen: number;
  readonly seconds: number;
  readonly best?: BestStep | undefined;
}

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
  readonly #settings: string;

  /**
   * @param path of the file
   * @param settings of the run: the checkpoint of another one is left alone and written over
   */
  constructor(path: string, settings: TrainingSettings) {
    this.#path = path;
    this.#settings = JSON.stringify(settings);
  }

  /** Writes the state between two steps, under a temporary name and then renamed. */
  async save({ training, dropout, adapter }: Changing, progress: RunProgress): Promise<void> {
    const metadata = { settings: this.#settings, dropout: JSON.stringify(dropout.state), progress: JSON.stringify(progress) };
    await saveTrainingState(this.#path, training.state(), metadata, adapter && adapterState(adapter));
  }

  /**
   * Puts the saved state, if there is one of this run, into what is as it was before the first step.
   * @returns what had been done by then
   * @throws UnmaskError for a damaged file
   */
  async restore({ training, dropout, adapter }: Changing): Promise<RunProgress | undefined> {
    const exists = await access(this.#path).then(() => true, () => false);
    if (!exists) return undefined;
    const { metadata, extra, ...state } = await loadTrainingState(this.#path);
    if (metadata.settings !== this.#settings) return undefined;
    training.restore(state);
    if (adapter) restoreAdapterState(adapter, extra);
    dropout.state = JSON.parse(metadata.dropout) as RandomState;
    return JSON.parse(metadata.progress) as RunProgress;
  }

  /** Deletes the file, once the run has its result. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
