import { TemplateError } from './lexer.js';
import { Float, isList, isMap, Namespace, Stream, Tuple, typeOf, Undefined, type Value, View } from './values.js';

/** A value as Python's `str` writes it, which is what a template prints. */
export function printed(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof Undefined ? '' : represented(value);
}

/** A value as Python's `repr` writes it. @throws TemplateError for what Python writes with its place in memory */
export function represented(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Float) return writtenFloat(value.value);
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof View) return value.write();
  if (value instanceof Stream) throw new TemplateError('printing what can be gone through once is not supported: put |list behind it');
  if (value instanceof Tuple) return value.items.length === 1 ? `(${represented(value.items[0])},)` : `(${value.items.map(represented).join(', ')})`;
  if (isList(value)) return `[${value.map(represented).join(', ')}]`;
  if (isMap(value)) return `{${[...value].map(([key, each]) => `${represented(key)}: ${represented(each)}`).join(', ')}}`;
  if (value instanceof Namespace) return `<Namespace ${represented(value.fields)}>`;
  throw new TemplateError(`printing a '${typeOf(value)}' object is not supported`);
}

/** A number with a point or an exponent (Python, float_repr). */
export function writtenFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  if (power >= 0) return Number.isInteger(value) ? `${BigInt(value)}.0` : String(value);
  const [sign, first, rest = ''] = /^(-?)(\d)(?:\.(\d+))?$/.exec(digits)!.slice(1);
  return `${sign}0.${'0'.repeat(-power - 1)}${first}${rest}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** Characters that Python does not show in quotes: control and unassigned characters and blanks other than the space. */
const HIDDEN = /[\\\n\r\t]|(?! )[\p{C}\p{Z}]/gu;

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const shown = text.replaceAll(HIDDEN, (character) => ESCAPES[character] ?? escaped(character.codePointAt(0)!));
  return quote + (quote === "'" ? shown.replaceAll("'", "\\'") : shown) + quote;
}

function escaped(code: number): string {
  const hexadecimal = code.toString(16);
  if (code < 0x100) return `\\x${hexadecimal.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hexadecimal.padStart(4, '0')}` : `\\U${hexadecimal.padStart(8, '0')}`;
}
