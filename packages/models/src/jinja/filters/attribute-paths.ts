import type { Runtime } from '../runtime.js';
import { isTrue, Undefined, type Value } from '../values.js';

/** Reads what a path such as `message.role` or `parts.0` says of a value; the value itself without a path. */
export function reader(path: Value | undefined, runtime: Runtime, fallback?: Value): (value: Value) => Value {
  const keys = path === undefined || path === null ? [] : typeof path === 'number' ? [path] : (path as string).split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return (value) => {
    const found = keys.reduce((reached: Value, key) => runtime.item(reached, key), value);
    return found instanceof Undefined && fallback !== undefined ? fallback : found;
  };
}

/** Texts in small letters, unless case counts, so that values compare without it. */
export const comparable = (caseSensitive: Value | undefined) => (value: Value): Value => (typeof value === 'string' && !isTrue(caseSensitive ?? false) ? value.toLowerCase() : value);
