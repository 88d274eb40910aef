import { didYouMean } from '@unmask/tensor-core';
import { describe, RowError } from '../row.js';

/** Most classes that an error lists. */
const LISTED = 20;

/** Names of classes, each once, numbers by size before others by their characters, `O` of tags before all. */
export function sortedNames(names: Iterable<string>): string[] {
  const rank = (name: string) => (name === 'O' ? 0 : Number.isFinite(Number(name)) ? 1 : 2);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (rank(a) === 1 ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
}

/** A function that finds the id of a class by its name. It throws a RowError for a name that is none of them. */
export function idsOf(labels: readonly string[], column: string): (name: string) => number {
  const ids = new Map(labels.map((label, id) => [label, id]));
  return (name) => {
    const id = ids.get(name);
    if (id !== undefined) return id;
    const known = labels.slice(0, LISTED).join(', ') + (labels.length > LISTED ? ', …' : '');
    throw new RowError(`has ${describe(name)} in field "${column}", which no training row has; they have ${known}${didYouMean(name, labels)}`);
  };
}
