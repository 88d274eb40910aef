import { joinPath, UnmaskError } from '@unmask/tensor-core';
import { hashOf } from '../files/files.js';
import { FILES } from '../files/names.js';
import { resultSchema } from '../files/schemas.js';
import { readStoredJson } from '../files/stored-json.js';
import type { TrainingResult } from '../result.js';
import type { TrainingSettings } from '../settings.js';

/** Tells results of these settings. */
export const isOf = (settings: TrainingSettings) => (result: TrainingResult): boolean =>
  Object.entries(settings).every(([name, value]) => JSON.stringify(result[name as keyof TrainingSettings]) === JSON.stringify(value));

/** What a training's folder holds. */
export type TrainingStatus<Result = TrainingResult> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'finished'; readonly result: Result }
  /** There is a result that cannot be trusted. */
  | { readonly kind: 'damaged'; readonly problem: string };

/**
 * Whether a folder has a whole and undamaged result: all its fields, its settings, and the saved change's size and hash are checked.
 * @param isExpected tells whether a result is of the settings that the folder is for
 */
export async function trainingStatus(folder: string, isExpected: (result: TrainingResult) => boolean): Promise<TrainingStatus> {
  const damaged = (problem: string): TrainingStatus => ({ kind: 'damaged', problem });
  try {
    const result = await readStoredJson(joinPath(folder, FILES.result), resultSchema);
    if (!result) return { kind: 'absent' };
    if (!isExpected(result)) return damaged('it is of other settings');
    const hash = await hashOf(joinPath(folder, result.deltaFile)).catch(() => undefined);
    if (hash === undefined) return damaged(`${result.deltaFile} is missing`);
    return hash === result.deltaSha256 ? { kind: 'finished', result } : damaged(`${result.deltaFile} is not the file that was written`);
  } catch (error) {
    if (!UnmaskError.isInstance(error)) throw error;
    return damaged(error.message);
  }
}
