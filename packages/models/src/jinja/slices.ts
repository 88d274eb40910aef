import { TemplateError } from './lexer.js';
import { countOf } from './runtime.js';
import { charactersOf, isList, Tuple, typeOf, Undefined, type Value } from './values.js';

/** Python's `value[start:stop:step]`. */
export function slice(value: Value, bounds: readonly (Value | undefined)[]): Value {
  const [start, stop, step] = bounds.map((bound) => (bound === undefined || bound === null ? undefined : countOf(bound)));
  if (typeof value === 'string') return sliced(charactersOf(value), start, stop, step).join('');
  if (isList(value)) return sliced(value, start, stop, step);
  if (value instanceof Tuple) return new Tuple(sliced(value.items, start, stop, step));
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`'${typeOf(value)}' object is not subscriptable`);
}

function sliced<T>(items: readonly T[], start: number | undefined, stop: number | undefined, step = 1): T[] {
  if (step === 0) throw new TemplateError('slice step cannot be zero');
  const { length } = items;
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (given: number | undefined, usual: number) => (given === undefined ? usual : Math.min(most, Math.max(least, given < 0 ? given + length : given)));
  const [from, to] = [bound(start, step > 0 ? least : most), bound(stop, step > 0 ? most : least)];
  const chosen: T[] = [];
  for (let index = from; step > 0 ? index < to : index > to; index += step) chosen.push(items[index]);
  return chosen;
}
