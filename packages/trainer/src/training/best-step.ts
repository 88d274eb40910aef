import { type Delta, loadDelta, saveDelta, type SelectiveTraining } from '@unmask/id3';
import { factsOf, renamePath } from '@unmask/tensor-core';

/** The best step so far, and what is counted of it. */
export interface BestStep {
  readonly step: number;
  /** Primary value of its evaluation. */
  readonly value: number;
  readonly unmaskedEntries: number;
  readonly touchedEntries: number;
  readonly trainedParameters: number;
  /** Evaluations since. */
  readonly evaluationsSince: number;
}

/** Keeps the weights of the step that evaluations during training found best, in a file, as a change of the base model. */
export class BestWeights {
  readonly #path: string;

  /** @param path of the file */
  constructor(path: string) {
    this.#path = path;
  }

  /** Weighs a step against the best one before it; of equal ones the earlier stays. A kill between this and the run's checkpoint does no harm: the repeated step comes to the same. */
  async consider(step: number, value: number, before: BestStep | undefined, training: SelectiveTraining): Promise<BestStep> {
    if (before && value <= before.value) return { ...before, evaluationsSince: before.evaluationsSince + 1 };
    await saveDelta(this.#path, training.delta(), { step: String(step) });
    const { unmaskedEntries, touchedEntries, trainedParameters } = training;
    return { step, value, unmaskedEntries, touchedEntries, trainedParameters, evaluationsSince: 0 };
  }

  /** The change of the base model that gives the best step's weights. @throws UnmaskError when it is missing or damaged */
  load(): Promise<Delta> {
    return loadDelta(this.#path);
  }

  /** Gives the file, if there is one, another name: it cannot be trusted. */
  async setAside(): Promise<void> {
    if (await factsOf(this.#path)) await renamePath(this.#path, `${this.#path}.damaged`);
  }
}
