import type { Score } from '../result.js';

/** The metrics of evaluations under the names that trackers show: `<task>/<split>/<metric>`. */
export const figuresOf = (scores: readonly Score[]): Record<string, number> =>
  Object.fromEntries(scores.flatMap(({ task, split, metrics }) => Object.entries(metrics).map(([name, value]) => [`${task}/${split}/${name}`, value])));

/** Settings as a tracker shows them: texts, numbers and truth values. */
export const parametersOf = (settings: object): Record<string, string | number | boolean> =>
  Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean)]])));
