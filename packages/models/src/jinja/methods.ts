import type { Budget } from './budget.js';
import { formatFields } from './formatting.js';
import { TemplateError } from './lexer.js';
import { represented } from './printing.js';
import { countOf, Given, type Runtime, textOf } from './runtime.js';
import { ALL_SPACES, capitalize, center, splitAt, splitLines, splitWords, strip, stripEnd, stripStart } from './text.js';
import { type Callable, contains, isEqual, isList, isMap, isTrue, itemsOf, Tuple, type Value, valueAt, View } from './values.js';

type Method<T> = (value: T, given: Given, runtime: Runtime) => Value;

const optionalText = (value: Value | undefined) => (value === undefined || value === null ? undefined : textOf(value));
const optionalCount = (value: Value | undefined, fallback: number) => (value === undefined || value === null ? fallback : countOf(value));
const stripping = (change: (text: string, characters?: string) => string): Method<string> => (text, given) => change(text, optionalText(given.read('chars')[0]));
const changing = (change: (text: string) => string): Method<string> => (text, given) => (given.read(), change(text));
const asking = (pattern: RegExp): Method<string> => (text, given) => (given.read(), pattern.test(text));

/** The part of a text that `start` and `stop` cut out, and where it begins. */
function within(text: string, start: Value | undefined, stop: Value | undefined): readonly [part: string, offset: number] {
  const characters = Array.from(text);
  const bound = (value: Value | undefined, fallback: number) => {
    const given = optionalCount(value, fallback);
    return Math.min(characters.length, Math.max(0, given < 0 ? given + characters.length : given));
  };
  const from = bound(start, 0);
  return [characters.slice(from, bound(stop, characters.length)).join(''), from];
}

const finding = (find: 'indexOf' | 'lastIndexOf', fails: boolean): Method<string> => (text, given) => {
  const [sought, start, stop] = given.read('sub', 'start', 'end');
  const [part, offset] = within(text, start, stop);
  const index = part[find](textOf(sought!));
  if (index === -1 && fails) throw new TemplateError('substring not found');
  return index === -1 ? -1 : offset + Array.from(part.slice(0, index)).length;
};

const affix = (has: (text: string, affix: string) => boolean): Method<string> => (text, given) => {
  const [sought, start, stop] = given.read('prefix', 'start', 'end');
  const [part] = within(text, start, stop);
  return (sought instanceof Tuple ? sought.items : [sought!]).some((each) => has(part, textOf(each)));
};

const parting = (find: 'indexOf' | 'lastIndexOf'): Method<string> => (text, given) => {
  const separator = textOf(given.read('sep')[0]!);
  const index = text[find](separator);
  if (index === -1) return new Tuple(find === 'indexOf' ? [text, '', ''] : ['', '', text]);
  return new Tuple([text.slice(0, index), separator, text.slice(index + separator.length)]);
};

const aligning = (align: (text: string, width: number, fill: string) => string): Method<string> => (text, given, { budget }) => {
  const [width, fill] = given.read('width', 'fillchar');
  return align(text, budget.size(countOf(width!)), optionalText(fill) ?? ' ');
};

const missing = (text: string, width: number, fill: string) => fill.repeat(Math.max(0, width - Array.from(text).length));

const splitting = (fromEnd: boolean): Method<string> => (text, given) => {
  const [separator, most] = given.read('sep', 'maxsplit');
  const [between, limit] = [optionalText(separator), optionalCount(most, -1)];
  if (between === '') throw new TemplateError('empty separator');
  if (!fromEnd) return between === undefined ? splitWords(text, limit) : splitAt(text, between, limit);
  const reversed = (each: string) => Array.from(each).reverse().join('');
  return (between === undefined ? splitWords(reversed(text), limit) : splitAt(reversed(text), reversed(between), limit)).map(reversed).reverse();
};

const isCased = (text: string) => text.toLowerCase() !== text.toUpperCase();

const OF_TEXTS: Readonly<Record<string, Method<string>>> = {
  capitalize: changing(capitalize),
  casefold: changing((text) => text.toLowerCase().replaceAll('ß', 'ss')),
  center: aligning(center),
  count: (text, given) => {
    const [sought, start, stop] = given.read('sub', 'start', 'end');
    const [part] = within(text, start, stop);
    return sought === '' ? Array.from(part).length + 1 : part.split(textOf(sought!)).length - 1;
  },
  endswith: affix((text, suffix) => text.endsWith(suffix)),
  expandtabs: (text, given, { budget }) => {
    const size = optionalCount(given.read('tabsize')[0], 8);
    let column = 0;
    return text.replaceAll(/[^\t\n\r]+|\t|[\n\r]/g, (part) => {
      const shown = part === '\t' ? ' '.repeat(budget.size(size > 0 ? size - (column % size) : 0)) : part;
      column = part === '\n' || part === '\r' ? 0 : column + Array.from(shown).length;
      return shown;
    });
  },
  find: finding('indexOf', false),
  format: (text, { positional, named }, runtime) => formatFields(text, positional, named, (value, key) => (typeof key === 'string' ? runtime.attribute(value, key) : runtime.item(value, key)), runtime.budget),
  index: finding('indexOf', true),
  isalnum: asking(/^[\p{L}\p{N}]+$/u),
  isalpha: asking(/^\p{L}+$/u),
  isascii: asking(/^[\0-\x7f]*$/),
  isdecimal: asking(/^\p{Nd}+$/u),
  isdigit: asking(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]+$/u),
  isidentifier: asking(/^[\p{ID_Start}_]\p{ID_Continue}*$/u),
  islower: (text, given) => (given.read(), isCased(text) && text === text.toLowerCase()),
  isnumeric: asking(/^\p{N}+$/u),
  isspace: asking(ALL_SPACES),
  istitle: (text, given) => (given.read(), isCased(text) && text === titled(text)),
  isupper: (text, given) => (given.read(), isCased(text) && text === text.toUpperCase()),
  join: (text, given) => itemsOf(given.read('iterable')[0]!).map(textOf).join(text),
  ljust: aligning((text, width, fill) => text + missing(text, width, fill)),
  lower: changing((text) => text.toLowerCase()),
  lstrip: stripping(stripStart),
  partition: parting('indexOf'),
  removeprefix: (text, given) => {
    const prefix = textOf(given.read('prefix')[0]!);
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  },
  removesuffix: (text, given) => {
    const suffix = textOf(given.read('suffix')[0]!);
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  },
  replace: (text, given, { budget }) => {
    const [old, fresh, most] = given.read('old', 'new', 'count');
    return replaced(text, textOf(old!), textOf(fresh!), optionalCount(most, -1), budget);
  },
  rfind: finding('lastIndexOf', false),
  rindex: finding('lastIndexOf', true),
  rjust: aligning((text, width, fill) => missing(text, width, fill) + text),
  rpartition: parting('lastIndexOf'),
  rsplit: splitting(true),
  rstrip: stripping(stripEnd),
  split: splitting(false),
  splitlines: (text, given) => splitLines(text, isTrue(given.read('keepends')[0] ?? false)),
  startswith: affix((text, prefix) => text.startsWith(prefix)),
  strip: stripping(strip),
  swapcase: changing((text) => Array.from(text, (character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())).join('')),
  title: changing(titled),
  upper: changing((text) => text.toUpperCase()),
  zfill: (text, given, { budget }) => {
    const width = budget.size(countOf(given.read('width')[0]!));
    const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text)!;
    return sign + '0'.repeat(Math.max(0, width - Array.from(text).length)) + rest;
  },
};

/** Each run of letters with the first one large. */
function titled(text: string): string {
  return text.replaceAll(/\p{Cased}[\p{Cased}]*/gu, capitalize);
}

/** A text with another one in the place of a part, at most so many times where not below zero. */
export function replaced(text: string, old: string, fresh: string, most: number, budget: Budget): string {
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old);
  const limit = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  budget.size(text.length + limit * fresh.length);
  return parts.slice(0, limit + 1).join(fresh) + parts.slice(limit + 1).map((part) => old + part).join('');
}

const view = (name: string, items: readonly Value[]) => new View(`dict_${name}`, items, () => `dict_${name}(${represented(items)})`);

const OF_DICTS: Readonly<Record<string, Method<ReadonlyMap<Value, Value>>>> = {
  copy: (dict) => new Map(dict),
  get: (dict, given) => {
    const [key, fallback] = given.read('key', 'default');
    return valueAt(dict, key!) ?? fallback ?? null;
  },
  items: (dict) => view('items', [...dict].map((entry) => new Tuple(entry))),
  keys: (dict) => view('keys', [...dict.keys()]),
  values: (dict) => view('values', [...dict.values()]),
};

const OF_LISTS: Readonly<Record<string, Method<readonly Value[]>>> = {
  copy: (list) => [...list],
  count: (list, given) => {
    const [sought] = given.read('value');
    return list.filter((each) => isEqual(each, sought!)).length;
  },
  index: (list, given) => {
    const [sought] = given.read('value');
    if (!contains(list, sought!)) throw new TemplateError('the value is not in the list');
    return list.findIndex((each) => isEqual(each, sought!));
  },
};

/** Methods that change what they are of, which Python's sandbox refuses too. */
const CHANGES = ['append', 'clear', 'extend', 'insert', 'pop', 'popitem', 'remove', 'reverse', 'setdefault', 'sort', 'update'];

/** A method of a text, list, tuple or dict; undefined when there is none of that name. */
export function methodOf(value: Value, name: string, runtime: Runtime): Callable | undefined {
  const bind = <T>(methods: Readonly<Record<string, Method<T>>>, of: T): Callable | undefined =>
    Object.hasOwn(methods, name) ? (positional, named) => methods[name](of, new Given(`${name}()`, positional, named), runtime) : undefined;
  if (typeof value === 'string') return bind(OF_TEXTS, value);
  if (value instanceof Tuple) return bind(OF_LISTS, value.items);
  if (!isList(value) && !isMap(value)) return undefined;
  if (CHANGES.includes(name)) {
    return () => {
      throw new TemplateError(`"${name}" would change a value, which templates may not`);
    };
  }
  return isList(value) ? bind(OF_LISTS, value) : bind(OF_DICTS, value);
}
