import { UnmaskError } from '@unmask/tensor-core';
import { applyDelta, type Delta } from '../delta/delta.js';
import type { Trained } from './trained.js';

/** Optimizer state of the unmasked entries of one parameter. */
export interface EntryState {
  readonly name: string;
  /** Flat indices, ascending. */
  readonly indices: Int32Array;
  /** One array for each slot of the update rule, aligned with `indices`. */
  readonly slots: readonly Float32Array[];
  /** Updates that each entry has had; absent when the steps count for all. */
  readonly ages?: Int32Array;
}

/** A training run between two steps: all that the next ones depend on besides the base model and the settings. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly gradientUpdates: number;
  /** Values of all that has been trained. */
  readonly delta: Delta;
  readonly entries: readonly EntryState[];
  /** Optimizer state of the parameters that train in full. */
  readonly dense: readonly { readonly name: string; readonly slots: readonly Float32Array[] }[];
}

/** Copies of the optimizer state. */
export function optimizerState({ regions, entries, dense }: Trained): Pick<TrainingState, 'entries' | 'dense'> {
  return {
    entries: regions.flatMap((region) => {
      const indices = entries.indicesIn(region);
      const { slots, ages } = entries.slice(region);
      const copies = { name: region.parameter.name, indices, slots: slots.map((slot) => slot.slice()) };
      return indices.length === 0 ? [] : [ages ? { ...copies, ages: ages.slice() } : copies];
    }),
    dense: [...dense].map(([{ name }, { slots }]) => ({ name, slots: slots.map((slot) => slot.slice()) })),
  };
}

/**
 * Puts a state into a training.
 * @throws UnmaskError, before anything has changed, when it is of other parameters or another optimizer
 */
export function restoreState({ delta, entries, dense }: TrainingState, into: Trained): void {
  const regionOf = new Map(into.regions.map((region) => [region.parameter.name, region]));
  const denseOf = new Map([...into.dense].map(([{ name }, state]) => [name, state]));
  const parts = entries.map((part) => ({ ...part, region: regionOf.get(part.name) ?? mismatch(`${part.name} is not among the parameters to select from`) }));
  const ages = parts.every((part) => part.ages) ? parts.flatMap((part) => [...part.ages!]) : undefined;
  if ((ages !== undefined) !== into.entries.countsAges && parts.length > 0) mismatch('it was made with another biasCorrection');
  for (const { name, slots } of [...parts, ...dense]) {
    if (slots.length !== into.entries.slots) mismatch(`${name} has ${slots.length} numbers of optimizer state an entry, and the update rule keeps ${into.entries.slots}`);
  }
  if (dense.length !== denseOf.size || dense.some(({ name }) => !denseOf.has(name))) mismatch('other parameters train in full');
  const startOf = (name: string) => regionOf.get(name)?.start ?? mismatch(`${name} is not among the parameters to select from`);
  const touched = delta.entries.map(({ name, indices }) => [startOf(name), indices] as const);
  parts.sort((left, right) => left.region.start - right.region.start);

  const origins = into.entries.keepsOrigins ? Float32Array.from(parts.flatMap(({ region, indices }) => [...region.parameter.readEntries(indices)])) : undefined;
  applyDelta([...into.regions.map(({ parameter }) => parameter), ...into.dense.keys()], delta);
  const addresses = Uint32Array.from(parts.flatMap(({ region, indices }) => Array.from(indices, (index) => region.start + index)));
  const slots = Array.from({ length: into.entries.slots }, (_, slot) => Float32Array.from(parts.flatMap((part) => [...part.slots[slot]])));
  into.entries.restore(addresses, slots, into.entries.countsAges ? Int32Array.from(ages ?? []) : undefined, origins);
  for (const { name, slots } of dense) denseOf.get(name)!.restore(slots);
  for (const [start, indices] of touched) into.touched?.add(Uint32Array.from(indices, (index) => start + index));
}

function mismatch(problem: string): never {
  throw new UnmaskError(`the training state does not fit: ${problem}; resume with the settings it was made with`);
}
