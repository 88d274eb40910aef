/** What a line of progress shows, the most important last but for the title, which is shortened before anything is left out. */
export interface ProgressLine {
  readonly title: string;
  readonly value: number;
  readonly total: number;
  /** Facts behind the bar, the first the most important. */
  readonly facts: readonly string[];
  /** Seconds that are left; not finite where nobody knows. */
  readonly eta: number;
}

/** Characters of a bar: as many as there is room for between these. */
const [SHORTEST_BAR, LONGEST_BAR] = [5, 40];
/** Characters that a title keeps at least, if it has them. */
const SHORTEST_TITLE = 12;

/**
 * A line of progress that fits into a terminal: with less room the bar becomes shorter, then the title, then facts are left out.
 * How far it is and how long it will take are always shown.
 * @param columns characters of a line; Infinity where there is no terminal
 */
export function fittedLine({ title, value, total, facts, eta }: ProgressLine, columns: number): string {
  const time = `ETA ${duration(eta)}`;
  const rest = (shown: readonly string[]) => [`${value}/${total}`, ...shown, time].join(' | ');
  let shown = facts;
  while (shown.length > 0 && SHORTEST_TITLE + SHORTEST_BAR + 2 + rest(shown).length > columns) shown = shown.slice(0, -1);
  const behind = rest(shown);
  const name = title === '' ? '' : `${shortened(title, Math.max(SHORTEST_TITLE, columns - behind.length - SHORTEST_BAR - 2))} `;
  const size = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, columns - name.length - behind.length - 1));
  const done = Math.round(size * Math.min(1, total === 0 ? 1 : value / total));
  return `${name}${'█'.repeat(done)}${'░'.repeat(size - done)} ${behind}`.slice(0, columns);
}

const shortened = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

/** Seconds as people say them: `45s`, `3m20s`, `2h05m`, `–` where nobody knows. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.round(seconds);
  const two = (count: number) => String(count).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  return whole < 3600 ? `${Math.floor(whole / 60)}m${two(whole % 60)}s` : `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}
