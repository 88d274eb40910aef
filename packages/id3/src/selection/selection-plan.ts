import { UnmaskError } from '@unmask/tensor-core';
import { Apportionment } from './apportion.js';
import type { Region } from './regions.js';
import { Selection, type Pool } from './selection.js';
import type { SelectiveSettings } from '../settings.js';
import type { UnmaskedEntries } from './unmasked-entries.js';

type PlanSettings = Pick<SelectiveSettings, 'metric' | 'schedule' | 'per' | 'unit'>;

/** What is to be chosen in which step: the schedule, applied to the whole model, or to parts of it one by one. */
export class SelectionPlan {
  readonly #settings: PlanSettings;
  /** What competes with each other: the regions of the whole model, or one part of it each. */
  readonly #parts: readonly (readonly Region[])[];
  readonly #shares: Apportionment;
  readonly #selectable: number;

  /** @throws UnmaskError when the budget exceeds the entries that can be selected, or a claim is none */
  constructor(regions: readonly Region[], settings: PlanSettings) {
    this.#settings = settings;
    const { per } = settings;
    this.#parts = per === 'model' ? [regions] : (per === 'row' ? regions.flatMap(rowsOf) : regions).map((region) => [region]);
    const sizes = this.#parts.map((part) => part.reduce((sum, { start, end }) => sum + end - start, 0));
    const claims = typeof per === 'function' ? regions.map(({ parameter }) => claimOf(parameter.name, per(parameter))) : sizes;
    this.#selectable = sizes.reduce((sum, size, index) => sum + (claims[index] > 0 ? size : 0), 0);
    this.#check(settings.schedule.budget ?? 0, 1, 0);
    this.#shares = new Apportionment(sizes, claims);
  }

  /** Whether a step chooses afresh, also among the unmasked entries. */
  renews(step: number): boolean {
    return this.#settings.schedule.renews?.(step) ?? false;
  }

  /**
   * The selection of a step; undefined when it chooses nothing.
   * @throws UnmaskError when the schedule falls or asks for too much
   */
  open(step: number, entries: UnmaskedEntries): Selection | undefined {
    const { schedule } = this.#settings;
    const target = schedule(step);
    const renews = this.renews(step);
    this.#check(target, step, renews ? 0 : entries.count);
    const shares = this.#shares.grow(target);
    const exchanged = renews ? 0 : (schedule.exchanges?.(step) ?? 0);
    const pools = this.#parts.map((regions, index): Pool => {
      const size = regions.reduce((sum, { start, end }) => sum + end - start, 0);
      const taken = renews ? 0 : regions.reduce((sum, region) => sum + entries.countIn(region), 0);
      const available = size - taken;
      const room = shares[index] - taken;
      return { regions, room, wanted: Math.min(room + Math.floor(exchanged * taken), available), available };
    });
    const open = pools.filter(({ wanted }) => wanted > 0);
    return open.length === 0 ? undefined : new Selection(this.#settings, open, renews ? undefined : entries);
  }

  #check(target: number, step: number, count: number): void {
    if (!Number.isInteger(target) || target < count) {
      throw new UnmaskError(`the schedule gives ${target} for step ${step} after ${count} entries: it must give integers that never fall`);
    }
    if (target > this.#selectable) {
      throw new UnmaskError(`a budget of ${target} entries exceeds the ${this.#selectable} that can be selected: lower it to at most ${this.#selectable}`);
    }
  }
}

/** The rows of a matrix; all of a vector. */
function rowsOf({ parameter, start, end }: Region): Region[] {
  const [rows, ...rest] = parameter.shape;
  if (rest.length === 0) return [{ parameter, start, end }];
  const size = (end - start) / rows;
  return Array.from({ length: rows }, (_, row) => ({ parameter, start: start + row * size, end: start + (row + 1) * size }));
}

function claimOf(name: string, claim: number): number {
  if (claim >= 0 && claim < Infinity) return claim;
  throw new UnmaskError(`the claim of ${name} to the budget is ${claim}: give a number of at least 0`);
}
