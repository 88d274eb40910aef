/** A whole number with separators. */
export const whole = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 });

/** A fraction in percent, without the sign. */
export const percent = (value: number): string => (value * 100).toFixed(1).replace(/^-0\.0$/, '0.0').replace('-', '−');

/** A learning rate, or another small number, as short as it can be said. */
export const short = (value: number): string => String(Number(value.toPrecision(6)));

/** Seconds in the unit that people would use. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Bytes in decimal units. */
export function bytes(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e4 ? 1 : 0)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** What a row is called: method and budget, and a number where there are several of both. */
export const rowLabel = (method: string, budget: number | null, number?: number): string =>
  [method, ...(budget === null ? [] : [whole(budget)])].join(' · ') + (number === undefined ? '' : ` (${number})`);

/** Settings in a few words. */
export const settingsLabel = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings).map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');

/** What a model is called: a hub id as it is, of a folder's path the last two names. */
export const modelLabel = (model: string): string => model.split(/[\\/]+/).filter((part) => part !== '').slice(-2).join('/');

/** A column's task, and its split where it is not the one that ranks. */
export const columnLabel = ({ task, split, ranks }: { readonly task: string; readonly split: string; readonly ranks: boolean }): string => (ranks ? task : `${task} ${split}`);

/** How many examples a column is of, and what its models were trained on if not on its task alone. */
export const examplesLabel = ({ task, trainedAs, examples }: { readonly task: string; readonly trainedAs: string; readonly examples: number }): string =>
  `${whole(examples)} examples${trainedAs === task ? '' : `, trained as ${trainedAs}`}`;
