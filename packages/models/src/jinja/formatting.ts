import type { Budget } from './budget.js';
import { TemplateError } from './lexer.js';
import { printed, represented, writtenFloat } from './printing.js';
import { Float, isMap, numberOf, Tuple, typeOf, type Value } from './values.js';

/** How a value is to be written. */
interface Specification {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly separator: string;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Most digits behind the point that are exact here. */
const DIGITS = 100;

const limited = (digits: string | undefined): number | undefined => {
  if (digits === undefined) return undefined;
  if (Number(digits) <= DIGITS) return Number(digits);
  throw new TemplateError(`a precision of ${digits} is not supported`);
};

/** Rounds half to even, as Python does; the digits of a number are exact. */
export function fixed(value: number, digits: number): string {
  const written = Math.abs(value) < 1e21 ? value.toFixed(digits) : BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  const scaled = value * 10 ** digits; // toFixed takes the larger one of two that are equally near
  const isHalf = digits < 16 && Math.abs(scaled) < 2 ** 50 && Math.abs(scaled % 1) === 0.5 && scaled / 10 ** digits === value && Number.isInteger(value * 2 ** 40);
  return isHalf && Math.floor(Math.abs(scaled)) % 2 === 0 ? (Math.trunc(scaled) / 10 ** digits).toFixed(digits) : written;
}

function general(value: number, precision: number, alternate: boolean): string {
  const digits = Math.max(1, precision);
  const power = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const isShort = power >= -4 && power < digits;
  const text = isShort ? value.toFixed(Math.min(DIGITS, digits - 1 - power)) : exponential(value, digits - 1);
  return alternate || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '');
}

const exponential = (value: number, digits: number): string => value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');

/** The digits of a number, without its sign. */
function writtenNumber(value: Value, number: number, { type, precision, alternate }: Specification): string {
  const size = Math.abs(number);
  if ('fFeEgG%'.includes(type) && type !== '') {
    if (!Number.isFinite(size)) return type === type.toUpperCase() && type !== '%' ? writtenFloat(size).toUpperCase() : writtenFloat(size);
    const lower = type.toLowerCase();
    const text = lower === 'e' ? exponential(size, precision ?? 6) : lower === 'g' ? general(size, precision ?? 6, alternate) : type === '%' ? `${fixed(size * 100, precision ?? 6)}%` : fixed(size, precision ?? 6);
    return type === 'E' || type === 'G' ? text.toUpperCase() : text;
  }
  if (value instanceof Float && type === '') {
    if (precision === undefined) return writtenFloat(size);
    const text = general(size, precision, false);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  const bases: Readonly<Record<string, readonly [base: number, prefix: string]>> = { x: [16, '0x'], X: [16, '0X'], o: [8, '0o'], b: [2, '0b'] };
  if (Object.hasOwn(bases, type) && !(value instanceof Float)) {
    const digits = size.toString(bases[type][0]);
    return (alternate ? bases[type][1] : '') + (type === 'X' ? digits.toUpperCase() : digits);
  }
  if (!['', 'd', 'n'].includes(type) || value instanceof Float) throw new TemplateError(`unknown format code '${type}' for object of type '${typeOf(value)}'`);
  return String(size);
}

/** Writes a value as a specification says. */
function written(value: Value, specification: Specification, budget: Budget): string {
  const { fill, align, sign, width, separator, precision, type } = specification;
  const number = typeof value === 'boolean' && type === '' ? undefined : numberOf(value);
  const isText = number === undefined || type === 's';
  if (isText && !['', 's'].includes(type)) throw new TemplateError(`unknown format code '${type}' for object of type '${typeOf(value)}'`);
  const before = isText ? '' : number < 0 || Object.is(number, -0) ? '-' : sign === '-' ? '' : sign;
  let text = isText ? Array.from(printed(value)).slice(0, precision).join('') : writtenNumber(value, number, specification);
  if (separator !== '') text = text.replace(/^\d+/, (digits) => digits.replaceAll(/\B(?=(?:\d{3})+$)/g, separator));
  const missing = budget.size(Math.max(0, width - Array.from(before + text).length));
  const side = align === '' ? (isText ? '<' : '>') : align;
  if (side === '=') return before + fill.repeat(missing) + text;
  const left = side === '<' ? 0 : side === '^' ? Math.floor(missing / 2) : missing;
  return fill.repeat(left) + before + text + fill.repeat(missing - left);
}

const FORMAT = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** Writes a value as one of Python's format specifications says, such as `>8.2f`. */
export function formatValue(value: Value, specification: string, budget: Budget): string {
  const found = FORMAT.exec(specification);
  if (!found) throw new TemplateError(`invalid format specifier '${specification}'`);
  const [fill, align, sign, alternate, zero, width, separator, precision, type] = found.slice(1) as (string | undefined)[];
  const pads = zero !== undefined && align === undefined;
  return written(value, { fill: fill ?? (zero ? '0' : ' '), align: align ?? (pads ? '=' : ''), sign: sign ?? '-', alternate: alternate !== undefined, width: Number(width ?? 0), separator: separator ?? '', precision: limited(precision), type: type ?? '' }, budget);
}

const PERCENT = /%(?:\((\w*)\))?([-+ #0]*)(\d+)?(?:\.(\d+))?([%a-zA-Z])/g;

/** Python's `text % values`. */
export function formatPercent(text: string, values: Value, budget: Budget): string {
  const items = values instanceof Tuple ? [...values.items] : [values];
  const shown = text.replaceAll(PERCENT, (_, name: string | undefined, flags: string, width: string | undefined, precision: string | undefined, type: string) => {
    if (type === '%') return '%';
    const given = name === undefined ? items.shift() : isMap(values) ? values.get(name) : undefined;
    if (given === undefined) throw new TemplateError(name === undefined ? 'not enough arguments for format string' : `no value for %(${name})`);
    const isText = 'sra'.includes(type);
    const value = isText ? (type === 's' ? printed(given) : represented(given)) : 'diu'.includes(type) && given instanceof Float ? Math.trunc(given.value) : given;
    if (!isText && numberOf(value) === undefined) throw new TemplateError(`%${type} format: a number is required, not ${typeOf(given)}`);
    const align = flags.includes('-') ? '<' : flags.includes('0') && !isText ? '=' : '>';
    return written(value, { fill: align === '=' ? '0' : ' ', align, sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-', alternate: flags.includes('#'), width: Number(width ?? 0), separator: '', precision: limited(precision), type: isText ? 's' : 'iu'.includes(type) ? 'd' : type }, budget);
  });
  if (items.length > 0 && !isMap(values) && values !== null && !(Array.isArray(values) && !PERCENT.test(text))) throw new TemplateError('not all arguments converted during string formatting');
  return shown;
}

/** Python's `text.format(…)`: fields by number, in order or by name, with attributes, items and specifications. */
export function formatFields(text: string, positional: readonly Value[], named: ReadonlyMap<string, Value>, lookUp: (value: Value, key: Value) => Value, budget: Budget): string {
  let next = 0;
  return text.replaceAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (whole: string, field: string | undefined) => {
    if (whole === '{{' || whole === '}}') return whole[0];
    if (field === undefined) throw new TemplateError(`single '${whole}' in a format string`);
    const [, first, path, conversion, specification] = /^([^.[!:]*)([^!:]*)(?:!([rsa]))?(?::(.*))?$/s.exec(field)!;
    let value = first === '' ? positional.at(next++) : /^\d+$/.test(first) ? positional.at(Number(first)) : named.get(first);
    if (value === undefined) throw new TemplateError(`a format string asks for ${first === '' ? 'more values' : first}`);
    for (const [, attribute, item] of path.matchAll(/\.(\w+)|\[([^\]]+)\]/g)) value = lookUp(value, (attribute) ?? (/^\d+$/.test(item) ? Number(item) : item));
    const converted = conversion === 'r' ? represented(value) : conversion === 's' ? printed(value) : value;
    return formatValue(converted, specification ?? '', budget);
  });
}
