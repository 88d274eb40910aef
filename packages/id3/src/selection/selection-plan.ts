import { UnmaskError } from '@unmask/tensor-core';
import { Apportionment } from './apportion.js';
import type { Region } from './regions.js';
import { Selection, type Pool } from './selection.js';
import type { SelectiveSettings } from '../settings.js';
import type { UnmaskedEntries } from './unmasked-entries.js';

/** What is to be chosen in which step: the schedule, applied to the whole model or tensor by tensor. */
export class SelectionPlan {
  readonly #settings: Pick<SelectiveSettings, 'metric' | 'schedule' | 'per'>;
  readonly #regions: readonly Region[];
  readonly #shares: Apportionment | undefined;
  readonly #selectable: number;

  /** @throws UnmaskError when the budget exceeds the entries that can be selected */
  constructor(regions: readonly Region[], settings: Pick<SelectiveSettings, 'metric' | 'schedule' | 'per'>) {
    this.#settings = settings;
    this.#regions = regions;
    this.#selectable = regions.at(-1)?.end ?? 0;
    this.#check(settings.schedule.budget ?? 0, 1, 0);
    if (settings.per === 'tensor') this.#shares = new Apportionment(regions.map(({ parameter }) => parameter.size));
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
    const target = this.#settings.schedule(step);
    const renews = this.renews(step);
    this.#check(target, step, renews ? 0 : entries.count);
    const pools = this.#pools(target, renews ? undefined : entries).filter(({ wanted }) => wanted > 0);
    return pools.length === 0 ? undefined : new Selection(this.#settings.metric, pools, renews ? undefined : entries);
  }

  /** From where how many are chosen, on top of those that are `taken`. */
  #pools(target: number, taken: UnmaskedEntries | undefined): Pool[] {
    if (!this.#shares) {
      const count = taken?.count ?? 0;
      return [{ regions: this.#regions, wanted: target - count, available: this.#selectable - count }];
    }
    const shares = this.#shares.grow(target);
    return this.#regions.map((region, index) => {
      const count = taken?.countIn(region) ?? 0;
      return { regions: [region], wanted: shares[index] - count, available: region.parameter.size - count };
    });
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
