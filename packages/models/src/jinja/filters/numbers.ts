import { fixed, formatPercent } from '../formatting.js';
import { TemplateError } from '../lexer.js';
import { countOf } from '../runtime.js';
import { strip } from '../text.js';
import { Float, isTrue, numberOf, Tuple, typeOf, Undefined, type Value, whole } from '../values.js';
import type { Filter } from './filter.js';

/** A number as Python's `int` and `float` read it from a text; undefined for none. */
function parsed(text: string, base: number): number | undefined {
  const [, sign, digits] = /^([+-]?)(?:0[xX](?=[^]))?([\da-zA-Z_]+)$/.exec(strip(text)) ?? [];
  if ((digits as string | undefined) === undefined) return undefined;
  const value = [...digits.replaceAll('_', '').toLowerCase()].reduce((sum, digit) => {
    const worth = parseInt(digit, 36);
    return worth < base ? sum * base + worth : NaN;
  }, 0);
  return Number.isNaN(value) ? undefined : sign === '-' ? -value : value;
}

const DECIMAL = /^[+-]?(?:\d[\d_]*(?:\.(?:\d[\d_]*)?)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/;

function decimal(text: string): number | undefined {
  const plain = strip(text).toLowerCase();
  if (DECIMAL.test(plain)) return Number(plain.replaceAll('_', ''));
  const [, sign, name] = /^([+-]?)(inf|infinity|nan)$/.exec(plain) ?? [];
  return (name as string | undefined) === undefined ? undefined : name === 'nan' ? NaN : sign === '-' ? -Infinity : Infinity;
}

const UNITS = [
  ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'],
  ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'],
] as const;

function required(value: Value): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  if (value instanceof Undefined) value.fail();
  throw new TemplateError(`expected a number, got '${typeOf(value)}'`);
}

export const NUMBERS: Readonly<Record<string, Filter>> = {
  abs: (value) => (value instanceof Float ? new Float(Math.abs(value.value)) : Math.abs(required(value))),
  filesizeformat: (value, given, { budget }) => {
    const [binary = false] = given.read('binary');
    const bytes = (typeof value === 'string' ? decimal(value) : undefined) ?? required(value);
    const [base, units] = isTrue(binary) ? [1024, UNITS[1]] : [1000, UNITS[0]];
    if (bytes === 1) return '1 Byte';
    if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
    const power = Math.max(0, units.findIndex((_, index) => bytes < base ** (index + 2)));
    return formatPercent(`%.1f ${units[power]}`, new Tuple([new Float(bytes / base ** (power + 1))]), budget);
  },
  float: (value, given) => {
    const [fallback = new Float(0)] = given.read('default');
    const number = typeof value === 'string' ? decimal(value) : numberOf(value);
    return number === undefined ? fallback : new Float(number);
  },
  int: (value, given) => {
    const [fallback = 0, base = 10] = given.read('default', 'base');
    const number = typeof value === 'string' ? (parsed(value, countOf(base)) ?? decimal(value)) : numberOf(value);
    return number === undefined || !Number.isFinite(number) ? fallback : whole(Math.trunc(number));
  },
  round: (value, given) => {
    const [precision = 0, method = 'common'] = given.read('precision', 'method');
    const [number, digits] = [required(value), countOf(precision)];
    if (method === 'common') {
      const rounded = digits < 0 ? Number(fixed(number * 10 ** digits, 0)) * 10 ** -digits : Number(fixed(number, digits));
      return value instanceof Float ? new Float(rounded) : whole(rounded);
    }
    if (method !== 'ceil' && method !== 'floor') throw new TemplateError('method must be common, ceil or floor');
    return new Float(Math[method](number * 10 ** digits) / 10 ** digits);
  },
};
