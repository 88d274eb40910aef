import { basename } from 'node:path';
import { modelLabel, rowLabel, short } from '../labels.js';
import type { Report } from '../report.js';
import { texts } from '../table.js';
import type { Section } from './section.js';

/** Runs that failed, have no result, or were left out: listed, so that nobody takes the tables for everything that was tried. */
export function failureSections({ failed, damaged, unfinished, repeated }: Report): Section[] {
  const failures: Section = {
    title: 'Failed runs',
    level: 2,
    paragraphs: failed.length === 0 ? ['None.'] : [`${failed.length} ${failed.length === 1 ? 'run' : 'runs'} ended in an error and ${failed.length === 1 ? 'is' : 'are'} in no table above.`],
    ...(failed.length === 0 ? {} : {
      table: {
        head: texts('Task', 'Method', 'Model', 'Learning rate', 'Seed', 'Error'),
        rows: failed.map(({ settings: { task, method, budget, model, learningRate, seed }, error }) => ({ cells: texts(task, rowLabel(method, budget), modelLabel(model), short(learningRate), String(seed), error) })),
      },
    }),
  };
  return [
    failures,
    ...folders('Damaged runs', 'Left out because their files are not what they have to be; unmask run makes them again.', damaged.map(({ folder, problem }) => [folder, problem]), 'Problem'),
    ...folders('Unfinished runs', 'Under way or cut off.', unfinished.map((folder) => [folder])),
    ...folders('Repeated runs', 'Left out because a later run had the same settings.', repeated.map((folder) => [folder])),
  ];
}

/** A list of folders, with what else is to be said of each. */
function folders(title: string, why: string, rows: readonly (readonly [string, ...string[]])[], ...columns: string[]): Section[] {
  if (rows.length === 0) return [];
  return [{ title, level: 2, paragraphs: [why], table: { head: texts('Folder', ...columns), rows: rows.map(([folder, ...others]) => ({ cells: texts(basename(folder), ...others) })) } }];
}
