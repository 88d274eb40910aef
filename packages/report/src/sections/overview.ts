import { getMethod, methods, adapters } from '@unmask/trainer';
import { whole } from '../labels.js';
import type { Report } from '../report.js';
import { texts } from '../table.js';
import type { Section } from './section.js';

/** How many runs there are. */
export function overviewSection({ finished, failed, damaged, unfinished, panels }: Report): Section {
  const counts = [`${whole(finished)} finished`, `${whole(failed.length)} failed`, ...(damaged.length > 0 ? [`${whole(damaged.length)} damaged`] : []), `${whole(unfinished.length)} unfinished`].join(', ');
  const apart = panels.length > 1 ? ' Models and kinds of data are apart: nothing is compared between them.' : '';
  return { title: 'Runs', level: 2, paragraphs: [`${counts}.${apart}`] };
}

const NAMES = new Set([...methods, ...adapters].map(({ name }) => name));

/** What the methods in the tables are. */
export function methodsSection({ panels }: Report): Section[] {
  const names = [...new Set(panels.flatMap(({ rows }) => rows.map(({ method }) => method)))];
  const known = names.filter((name) => name.split('+').every((part) => NAMES.has(part)));
  if (known.length === 0) return [];
  return [{
    title: 'Methods',
    level: 2,
    paragraphs: ['The number after a name is the budget: the entries that it may unmask, besides a new head.'],
    table: { head: texts('Method', 'What it trains'), rows: known.map((name) => ({ cells: texts(name, getMethod(name).summary) })) },
  }];
}
