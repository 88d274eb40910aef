import { TemplateError } from '../lexer.js';
import { printed } from '../printing.js';
import { countOf, type Given, type Runtime } from '../runtime.js';
import { binary } from '../operators.js';
import { compare, isEqual, isMap, isTrue, itemsOf, lengthOf, Stream, Tuple, Undefined, type Value } from '../values.js';
import { comparable, reader } from './attribute-paths.js';
import type { Filter } from './filter.js';

/** What `groupby` makes: what its items have in common, and the items. */
export class Group extends Tuple {}

const extreme = (sign: 1 | -1): Filter => (value, given, runtime) => {
  const [caseSensitive, attribute] = given.read('case_sensitive', 'attribute');
  const [read, fold] = [reader(attribute, runtime), comparable(caseSensitive)];
  const items = itemsOf(value);
  if (items.length === 0) return new Undefined('the largest or smallest item of an empty list');
  return items.reduce((best, each) => (sign * compare(fold(read(each)), fold(read(best))) > 0 ? each : best));
};

function sorted(items: readonly Value[], key: (value: Value) => Value, reverse: Value | undefined): Value[] {
  const sign = isTrue(reverse ?? false) ? -1 : 1;
  return items
    .map((item) => [item, key(item)] as const)
    .sort(([, first], [, second]) => sign * compare(first, second))
    .map(([item]) => item);
}

/** Lists of so many items; where the last one is short and there is something to fill it with, it is filled. */
function batch(value: Value, given: Given): Value {
  const [count, fill = null] = given.read('linecount', 'fill_with');
  const [items, size] = [itemsOf(value), countOf(count!)];
  if (size < 1) throw new TemplateError(`batch takes a number from 1 up, got ${size}`);
  const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
  const last = batches.at(-1);
  if (last && fill !== null && size <= items.length + last.length * size) batches[batches.length - 1] = [...last, ...new Array<Value>(size - last.length).fill(fill)];
  return new Stream(batches);
}

/** So many lists of about the same length, the first ones longer. */
function slices(value: Value, given: Given): Value {
  const [count, fill = null] = given.read('slices', 'fill_with');
  const [items, parts] = [itemsOf(value), countOf(count!)];
  if (parts < 1) throw new TemplateError(`slice takes a number from 1 up, got ${parts}`);
  const [each, longer] = [Math.floor(items.length / parts), items.length % parts];
  const lists = Array.from({ length: parts }, (_, index) => {
    const start = index * each + Math.min(index, longer);
    const part = items.slice(start, start + each + (index < longer ? 1 : 0));
    return fill !== null && index >= longer ? [...part, fill] : part;
  });
  return new Stream(lists);
}

function groupBy(value: Value, given: Given, runtime: Runtime): Value {
  const [attribute, fallback, caseSensitive] = given.read('attribute', 'default', 'case_sensitive');
  const [read, fold] = [reader(attribute, runtime, fallback), comparable(caseSensitive)];
  const key = (item: Value) => fold(read(item));
  const groups: Value[][] = [];
  for (const item of sorted(itemsOf(value), key, false)) {
    const last = groups.at(-1);
    if (last && isEqual(key(last[0]), key(item))) last.push(item);
    else groups.push([item]);
  }
  return groups.map((items) => new Group([read(items[0]), items]));
}

export const LISTS: Readonly<Record<string, Filter>> = {
  batch,
  count: lengthOf,
  dictsort: (value, given) => {
    const [caseSensitive, by = 'key', reverse] = given.read('case_sensitive', 'by', 'reverse');
    if (!isMap(value)) throw new TemplateError('dictsort takes a dict');
    if (by !== 'key' && by !== 'value') throw new TemplateError('you can only sort by either "key" or "value"');
    const fold = comparable(caseSensitive);
    return sorted([...value].map((entry) => new Tuple(entry)), (entry) => fold((entry as Tuple).items[by === 'key' ? 0 : 1]), reverse);
  },
  first: (value) => itemsOf(value).at(0) ?? new Undefined('the first item of an empty sequence'),
  groupby: groupBy,
  items: (value) => {
    if (value instanceof Undefined) return new Stream([]);
    if (isMap(value)) return new Stream([...value].map((entry) => new Tuple(entry)));
    throw new TemplateError('can only get item pairs from a dict');
  },
  join: (value, given, runtime) => {
    const [between = '', attribute] = given.read('d', 'attribute');
    const parts = itemsOf(value).map(reader(attribute, runtime)).map(printed);
    runtime.budget.size(parts.length * printed(between).length);
    return parts.join(printed(between));
  },
  last: (value) => (value instanceof Stream ? lengthOf(value) : itemsOf(value).at(-1)) ?? new Undefined('the last item of an empty sequence'),
  length: lengthOf,
  list: (value) => [...itemsOf(value)],
  max: extreme(1),
  min: extreme(-1),
  reverse: (value) => {
    const reversed = [...itemsOf(value)].reverse();
    if (typeof value === 'string') return (reversed as string[]).join('');
    return value instanceof Stream ? reversed : new Stream(reversed);
  },
  slice: slices,
  sort: (value, given, runtime) => {
    const [reverse, caseSensitive, attribute] = given.read('reverse', 'case_sensitive', 'attribute');
    const readers = typeof attribute === 'string' ? attribute.split(',').map((path) => reader(path, runtime)) : [reader(attribute, runtime)];
    const fold = comparable(caseSensitive);
    return sorted(itemsOf(value), (item) => readers.map((read) => fold(read(item))), reverse);
  },
  sum: (value, given, runtime) => {
    const [attribute, start = 0] = given.read('attribute', 'start');
    return itemsOf(value).map(reader(attribute, runtime)).reduce((total, each) => binary('+', total, each, runtime.budget), start);
  },
  unique: (value, given, runtime) => {
    const [caseSensitive, attribute] = given.read('case_sensitive', 'attribute');
    const [read, fold] = [reader(attribute, runtime), comparable(caseSensitive)];
    const seen: Value[] = [];
    const chosen = itemsOf(value).filter((item) => {
      const key = fold(read(item));
      runtime.budget.spend(seen.length);
      return !seen.some((each) => isEqual(each, key)) && seen.push(key) > 0;
    });
    return new Stream(chosen);
  },
};
