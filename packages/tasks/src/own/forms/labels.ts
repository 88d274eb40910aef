import { didYouMean } from '@unmask/tensor-core';
import type { Example } from '../../task.js';
import { isTexts, type StoredFields } from './form.js';
import type { UserTask } from './user-task.js';
import { isLabel } from './values.js';

/** Most classes that a message lists. */
const LISTED = 20;

/** Names of classes, each once, numbers by size before others by their characters, `O` of tags before all. */
export function sortedNames(names: Iterable<string>): string[] {
  const rank = (name: string) => (name === 'O' ? 0 : Number.isFinite(Number(name)) ? 1 : 2);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (rank(a) === 1 ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
}

/** The names of the classes of a stored definition. @throws UnmaskError `bad-file` */
export const readLabels = (fields: StoredFields): readonly string[] => fields.read('labels', areLabels, 'two or more different names of classes');

const areLabels = (value: unknown): value is readonly string[] => isTexts(value) && value.length >= 2 && new Set(value).size === value.length && value.every(isLabel);

/** A function that finds the id of a class by its name. A name that is new goes behind the others. @param names by id */
export function idsOf(names: string[]): (name: string) => number {
  const ids = new Map(names.map((name, id) => [name, id]));
  return (name) => {
    const id = ids.get(name) ?? names.push(name) - 1;
    ids.set(name, id);
    return id;
  };
}

/** Names of classes as a message lists them. */
const listed = (names: readonly string[]) => names.slice(0, LISTED).join(', ') + (names.length > LISTED ? ', …' : '');

/** The classes of a row that no training row has, and how many it has in all. */
function unseenIn({ task, names = [] }: Pick<UserTask, 'task' | 'names'>, { label }: Example): { unseen: string[]; of: number } {
  const ids = 'labels' in task ? ([label].flat() as number[]) : [];
  return { unseen: ids.filter((id) => id >= ('labels' in task ? task.labels.length : 0)).map((id) => names[id]), of: ids.length };
}

/**
 * What to say of rows to measure on whose class no training row has, which no answer can be right for.
 * @returns undefined when there are none
 */
export function unseenNote(path: string, user: Pick<UserTask, 'task' | 'names'>, examples: readonly Example[]): string | undefined {
  const rows = examples.map((example) => unseenIn(user, example).unseen).filter(({ length }) => length > 0);
  if (rows.length === 0) return undefined;
  return `${rows.length} of ${examples.length} rows of ${path} have a label that no training row has (${listed([...new Set(rows.flat())])}): they count as wrong answers`;
}

/** What is wrong with rows of which none has a class that a training row has. @returns undefined when one has */
export function strangeLabel({ task, names }: Pick<UserTask, 'task' | 'names'>, examples: readonly Example[]): string | undefined {
  const found = examples.map((example) => unseenIn({ task, names }, example));
  const first = found.at(0)?.unseen[0];
  if (first === undefined || !('labels' in task) || found.some(({ unseen, of }) => unseen.length < of)) return undefined;
  return `has the label ${JSON.stringify(first)}, which no training row has, and so it is with every row; they have ${listed(task.labels)}${didYouMean(first, task.labels)}`;
}
