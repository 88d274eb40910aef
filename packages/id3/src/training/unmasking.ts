import type { Region } from '../selection/regions.js';
import type { Choice } from '../selection/selection.js';
import type { ChosenEntries } from '../selection/top-candidates.js';
import type { Trained } from './trained.js';

/**
 * Unmasks what a selection has chosen. Where there is no room for it, entries that have changed least go.
 * @param renews whether the choice takes the place of all that is unmasked
 */
export function unmask(trained: Trained, choices: readonly Choice[], renews: boolean): void {
  const { entries, touched } = trained;
  const chosen = joined(choices);
  for (const { regions, surplus } of choices) if (!renews && surplus > 0) giveUp(trained, regions, surplus);
  if (renews) entries.replace(chosen);
  else entries.add(chosen, entries.keepsOrigins ? valuesOf(trained, chosen.addresses) : undefined);
  touched?.add(chosen.addresses);
}

/** One behind the other: pools lie in the order of their addresses. */
function joined(choices: readonly Choice[]): ChosenEntries {
  if (choices.length === 1) return choices[0].chosen;
  const length = choices.reduce((sum, { chosen }) => sum + chosen.addresses.length, 0);
  const [addresses, gradients] = [new Uint32Array(length), new Float32Array(length)];
  let start = 0;
  for (const { chosen } of choices) {
    addresses.set(chosen.addresses, start);
    gradients.set(chosen.gradients, start);
    start += chosen.addresses.length;
  }
  return { addresses, gradients };
}

/** Puts the entries of some regions that have changed least back to the values from before they trained, and masks them. */
function giveUp({ entries, regionOf }: Trained, regions: readonly Region[], count: number): void {
  const all = regions.flatMap((region) => {
    const { parameter } = region;
    const offset = region.start - regionOf.get(parameter)!.start;
    const indices = entries.indicesIn(region).map((index) => index + offset);
    const origins = entries.originsIn(region).slice();
    const values = parameter.readEntries(indices);
    return Array.from(indices, (index, place) => ({ parameter, index, address: index + region.start - offset, origin: origins[place], change: Math.abs(values[place] - origins[place]) }));
  });
  const least = all.sort((left, right) => left.change - right.change || left.address - right.address).slice(0, count);
  least.sort((left, right) => left.address - right.address);
  for (const parameter of new Set(least.map((each) => each.parameter))) {
    const own = least.filter((each) => each.parameter === parameter);
    parameter.writeEntries(Int32Array.from(own, ({ index }) => index), Float32Array.from(own, ({ origin }) => origin));
  }
  entries.remove(Uint32Array.from(least, ({ address }) => address));
}

/** The present values of entries. @param addresses ascending */
function valuesOf({ regions }: Trained, addresses: Uint32Array): Float32Array {
  const values = new Float32Array(addresses.length);
  let first = 0;
  for (const { parameter, start, end } of regions) {
    let last = first;
    while (last < addresses.length && addresses[last] < end) last++;
    values.set(parameter.readEntries(Int32Array.from(addresses.subarray(first, last), (address) => address - start)), first);
    first = last;
  }
  return values;
}
