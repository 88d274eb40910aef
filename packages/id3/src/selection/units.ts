import type { Region } from './regions.js';
import type { ChosenEntries } from './top-candidates.js';

/** What is chosen as a whole. */
type Unit = 'entry' | 'row' | 'column';

/** Gives each entry of a matrix the mean score of its row or column; an entry of a vector keeps its own. */
export function averageUnits(scores: Float32Array, [rows, columns = 1]: readonly number[], unit: Unit): void {
  const [count, size] = unit === 'row' ? [rows, columns] : [columns, rows];
  if (columns === 1) return;
  const indexOf = (each: number, place: number) => (unit === 'row' ? each * columns + place : place * columns + each);
  for (let each = 0; each < count; each++) {
    let sum = 0;
    for (let place = 0; place < size; place++) sum += scores[indexOf(each, place)];
    for (let place = 0; place < size; place++) scores[indexOf(each, place)] = sum / size;
  }
}

/** Leaves out the entries of rows or columns that were not chosen as a whole. */
export function wholeUnits(chosen: ChosenEntries, regions: readonly Region[], unit: Unit): ChosenEntries {
  if (unit === 'entry') return chosen;
  const units: string[] = [];
  const counts = new Map<string, number>();
  const sizes = new Map<string, number>();
  let place = 0;
  for (const address of chosen.addresses) {
    while (address >= regions[place].end) place++;
    const { parameter, start } = regions[place];
    const [rows, columns = 1] = parameter.shape;
    const entry = address - start;
    const number = columns === 1 ? entry : unit === 'row' ? Math.floor(entry / columns) : entry % columns;
    const key = `${place}/${number}`;
    units.push(key);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    sizes.set(key, columns === 1 ? 1 : unit === 'row' ? columns : rows);
  }
  const whole = (_: number, index: number) => counts.get(units[index]) === sizes.get(units[index]);
  return { addresses: chosen.addresses.filter(whole), gradients: chosen.gradients.filter(whole) };
}
