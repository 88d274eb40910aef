const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAY = 86_400_000;

const dayOfYear = (date: Date): number => (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / DAY + 1;

/** The week of the year, weeks beginning with a day of the week, those before its first one being week 0. */
const week = (date: Date, firstDay: number): number => Math.floor((dayOfYear(date) + 6 - ((date.getDay() - firstDay + 7) % 7)) / 7);

/** The year and week of ISO 8601: weeks belong to the year that their Thursday is in. */
function isoWeek(date: Date): readonly [year: number, week: number] {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7));
  return [thursday.getFullYear(), Math.ceil(dayOfYear(thursday) / 7)];
}

/** A number, how many digits it has at least, and what fills them. */
type Field = string | readonly [value: number, digits: number, fill?: string];

const FIELDS: Readonly<Record<string, (date: Date) => Field>> = {
  a: (date) => DAYS[date.getDay()].slice(0, 3),
  A: (date) => DAYS[date.getDay()],
  b: (date) => MONTHS[date.getMonth()].slice(0, 3),
  B: (date) => MONTHS[date.getMonth()],
  c: (date) => strftime('%a %b %e %H:%M:%S %Y', date),
  C: (date) => [Math.floor(date.getFullYear() / 100), 2],
  d: (date) => [date.getDate(), 2],
  D: (date) => strftime('%m/%d/%y', date),
  e: (date) => [date.getDate(), 2, ' '],
  f: (date) => `${String(date.getMilliseconds()).padStart(3, '0')}000`,
  F: (date) => strftime('%Y-%m-%d', date),
  g: (date) => [isoWeek(date)[0] % 100, 2],
  G: (date) => [isoWeek(date)[0], 4],
  h: (date) => MONTHS[date.getMonth()].slice(0, 3),
  H: (date) => [date.getHours(), 2],
  I: (date) => [date.getHours() % 12 || 12, 2],
  j: (date) => [dayOfYear(date), 3],
  k: (date) => [date.getHours(), 2, ' '],
  l: (date) => [date.getHours() % 12 || 12, 2, ' '],
  m: (date) => [date.getMonth() + 1, 2],
  M: (date) => [date.getMinutes(), 2],
  n: () => '\n',
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getHours() < 12 ? 'am' : 'pm'),
  r: (date) => strftime('%I:%M:%S %p', date),
  R: (date) => strftime('%H:%M', date),
  s: (date) => [Math.floor(date.getTime() / 1000), 1],
  S: (date) => [date.getSeconds(), 2],
  t: () => '\t',
  T: (date) => strftime('%H:%M:%S', date),
  u: (date) => [date.getDay() || 7, 1],
  U: (date) => [week(date, 0), 2],
  V: (date) => [isoWeek(date)[1], 2],
  w: (date) => [date.getDay(), 1],
  W: (date) => [week(date, 1), 2],
  x: (date) => strftime('%m/%d/%y', date),
  X: (date) => strftime('%H:%M:%S', date),
  y: (date) => [date.getFullYear() % 100, 2],
  Y: (date) => [date.getFullYear(), 1],
  z: () => '', // of a time without a zone
  Z: () => '',
  '%': () => '%',
};

/** Writes a local time as Python's strftime does in English; what it does not know stays as it is. Flags are those of glibc. */
export function strftime(format: string, date: Date): string {
  return format.replaceAll(/%([-_0^#]*)(\d{0,3})(.)/gs, (whole: string, flags: string, width: string, name: string) => {
    if (!Object.hasOwn(FIELDS, name)) return whole;
    const field = FIELDS[name](date);
    const [text, digits, usual] = typeof field === 'string' ? [field, 0, ' '] : [String(field[0]), field[1], field[2] ?? '0'];
    const fill = flags.includes('_') ? ' ' : flags.includes('0') ? '0' : usual;
    const padded = text.padStart(flags.includes('-') ? 0 : Math.max(digits, Number(width)), fill);
    if (flags.includes('^')) return padded.toUpperCase();
    return flags.includes('#') ? (name === 'p' || name === 'Z' ? padded.toLowerCase() : padded.toUpperCase()) : padded;
  });
}
