/**
 * The values of parquet files, so that nothing of them is lost: JavaScript's numbers hold 53 bits, its dates milliseconds.
 * @import { SchemaElement, SchemaTree } from 'hyparquet'
 */

/**
 * A value: a text as such, any other in a list of one, as JSON writes it.
 * @typedef {string | [json: string]} Written
 */

/** @type {Written} */
const NULL = ['null'];

/** @param {Written} written */
const json = (written) => (typeof written === 'string' ? JSON.stringify(written) : written[0]);

/**
 * A function that writes the values of a column: nested ones as JSON, dates and times as ISO 8601 has them, bytes that are no
 * text in base64.
 * @param {SchemaTree} node of the column; of values that hyparquet gives as they are stored
 * @returns {(value: unknown) => Written}
 */
export function writerOf(node) {
  const one = writerOfOne(node);
  /** @type {(value: unknown) => Written} */
  const write = (value) => {
    if (value === null || value === undefined) return NULL;
    return Array.isArray(value) ? [`[${value.map((item) => json(write(item))).join(',')}]`] : one(value);
  };
  return write;
}

/**
 * @param {SchemaTree} node
 * @returns {(value: any) => Written} of values that are no lists
 */
function writerOfOne({ element, children }) {
  if (element.logical_type?.type === 'VARIANT') return anything;
  if (children.length === 0) return leafWriter(element);
  const [child] = children;
  if (element.converted_type === 'LIST' && children.length === 1) return writerOf(child.children.length === 1 ? child.children[0] : child);
  const isMap = element.converted_type === 'MAP' && child.children.length === 2;
  const writers = new Map((isMap ? [] : children).map((each) => [each.element.name, writerOf(each)]));
  const writeValue = isMap ? writerOf(child.children[1]) : anything;
  return (value) => [`{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${json((writers.get(name) ?? writeValue)(item))}`).join(',')}}`];
}

/**
 * A value of a type that only the value itself tells.
 * @param {any} value
 * @returns {Written}
 */
function anything(value) {
  if (value === null || value === undefined) return NULL;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return bytes(value);
  if (Array.isArray(value)) return [`[${value.map((item) => json(anything(item))).join(',')}]`];
  if (typeof value === 'object') return [`{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${json(anything(item))}`).join(',')}}`];
  return typeof value === 'string' ? value : number(value);
}

/**
 * A function that writes values as they are stored.
 * @param {SchemaElement} element
 * @returns {(value: any) => Written}
 */
function leafWriter({ type, converted_type: converted, logical_type: logical, scale = 0 }) {
  switch (converted === 'UTF8' || converted === 'ENUM' ? 'STRING' : (logical?.type ?? converted)) {
    case 'STRING':
    case 'ENUM':
      return text;
    case 'JSON':
      return jsonText;
    case 'UUID':
      return uuid;
    case 'DECIMAL':
      return (value) => [decimal(value instanceof Uint8Array ? signed(value) : BigInt(value), (logical?.type === 'DECIMAL' ? logical.scale : undefined) ?? scale)];
    case 'DATE':
      return date;
    case 'TIME':
    case 'TIMESTAMP': {
      const { unit, isAdjustedToUTC } = /** @type {{ unit: keyof typeof UNITS, isAdjustedToUTC: boolean }} */ (logical);
      return logical?.type === 'TIME' ? (value) => time(BigInt(value), UNITS[unit]) : (value) => timestamp(BigInt(value), UNITS[unit], isAdjustedToUTC);
    }
    case 'TIME_MILLIS':
      return (value) => time(BigInt(value), UNITS.MILLIS);
    case 'TIME_MICROS':
      return (value) => time(BigInt(value), UNITS.MICROS);
    case 'TIMESTAMP_MILLIS':
      return (value) => timestamp(BigInt(value), UNITS.MILLIS, true);
    case 'TIMESTAMP_MICROS':
      return (value) => timestamp(BigInt(value), UNITS.MICROS, true);
    case 'INTERVAL':
      return interval;
    case 'FLOAT16':
      return half;
    case 'UINT_32':
      return (value) => [String(value >>> 0)];
    case 'UINT_64':
      return unsigned;
    case 'INTEGER':
      if (logical?.type === 'INTEGER' && !logical.isSigned) return logical.bitWidth === 64 ? unsigned : (value) => [String(value >>> 0)];
  }
  if (type === 'FLOAT') return single;
  if (type === 'INT96') return (value) => timestamp(value, UNITS.NANOS, false);
  return (value) => (value instanceof Uint8Array ? bytes(value) : number(value));
}

/** Parts of a second that a time counts. */
const UNITS = { MILLIS: 1_000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {Uint8Array} value */
const base64 = (value) => globalThis.btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(''));

/** @param {Uint8Array} value */
const hexadecimal = (value) => Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {Uint8Array} value */
function text(value) {
  try {
    return decoder.decode(value);
  } catch {
    return base64(value);
  }
}

/**
 * Bytes of no type, which old programs wrote for texts.
 * @param {Uint8Array} value
 */
function bytes(value) {
  const found = text(value);
  return /[\0-\x08\x0e-\x1f]/.test(found) ? base64(value) : found;
}

/**
 * @param {Uint8Array} value
 * @returns {Written}
 */
function jsonText(value) {
  const found = text(value);
  try {
    const held = /** @type {unknown} */ (JSON.parse(found));
    return typeof held === 'string' ? held : [found.trim()];
  } catch {
    return found;
  }
}

/** @param {Uint8Array} value */
const uuid = (value) => hexadecimal(value).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * A number, or a truth value. JSON has no word for numbers that are none.
 * @param {number | bigint | boolean} value
 * @returns {Written}
 */
const number = (value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : [Object.is(value, -0) ? '-0' : String(value)]);

/**
 * @param {number | bigint} value
 * @returns {Written}
 */
const unsigned = (value) => [String(BigInt.asUintN(64, BigInt(value)))];

/**
 * A number of 32 bits with no more digits than tell it from others.
 * @param {number} value
 * @returns {Written}
 */
function single(value) {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return number(short);
  }
  return number(Number.isFinite(value) ? Number(value.toPrecision(9)) : value);
}

/**
 * @param {Uint8Array} value of two bytes, the lower one first
 * @returns {Written}
 */
function half([low, high]) {
  const [sign, exponent, fraction] = [high >> 7 ? -1 : 1, (high >> 2) & 31, ((high & 3) << 8) | low];
  if (exponent === 31) return number(fraction ? NaN : sign * Infinity);
  return number(sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)));
}

/**
 * A whole number in two's complement.
 * @param {Uint8Array} value the highest byte first
 */
const signed = (value) => (value.length === 0 ? 0n : BigInt.asIntN(8 * value.length, BigInt(`0x${hexadecimal(value)}`)));

/**
 * @param {bigint} value
 * @param {number} scale digits behind the point
 */
function decimal(value, scale) {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

/**
 * @param {number} days since 1970
 * @returns {Written}
 */
function date(days) {
  const day = new Date(days * 86_400_000);
  return Number.isNaN(day.getTime()) ? [String(days)] : day.toISOString().split('T')[0];
}

/**
 * @param {bigint} count
 * @param {bigint} unit parts of a second
 */
function time(count, unit) {
  const [seconds, fraction] = [count / unit, count % unit];
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0'));
  return parts.join(':') + decimals(fraction, unit);
}

/**
 * @param {bigint} count since 1970
 * @param {bigint} unit parts of a second
 * @param {boolean} isUtc whether it is a point in time, and not what some clock showed
 * @returns {Written}
 */
function timestamp(count, unit, isUtc) {
  const fraction = ((count % unit) + unit) % unit;
  const moment = new Date(Number((count - fraction) / unit) * 1000);
  if (Number.isNaN(moment.getTime())) return [String(count)];
  return moment.toISOString().replace('.000Z', decimals(fraction, unit)) + (isUtc ? 'Z' : '');
}

/**
 * A part of a second, in groups of three digits.
 * @param {bigint} fraction
 * @param {bigint} unit
 */
const decimals = (fraction, unit) => (fraction === 0n ? '' : `.${String(fraction).padStart(String(unit).length - 1, '0').replace(/(?:000)+$/, '')}`);

/** @param {Uint8Array} value months, days and milliseconds, each in four bytes */
function interval(value) {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const [months, days, milliseconds] = [0, 4, 8].map((offset) => view.getUint32(offset, true));
  return `P${months}M${days}DT${milliseconds / 1000}S`;
}
