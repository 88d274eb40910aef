import { formatPercent } from '../formatting.js';
import { jsonOf } from '../json.js';
import { replaced } from '../methods.js';
import { printed } from '../printing.js';
import { countOf, type Given, textOf } from '../runtime.js';
import { capitalize, center, splitLines, strip } from '../text.js';
import { isMap, isTrue, itemsOf, Tuple, type Value } from '../values.js';
import type { Filter } from './filter.js';

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };

const changing = (change: (text: string) => string): Filter => (value, given) => (given.read(), change(printed(value)));

const escape = changing((text) => text.replaceAll(/[&<>'"]/g, (character) => HTML[character]));

/** Percent-encodes all but letters, digits and a few signs (Python, urllib.parse.quote). */
const encoded = (text: string, kept: RegExp): string => Array.from(new TextEncoder().encode(text), (byte) => (kept.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');

/** The text of an indentation: so many spaces, or itself. */
const indentation = (value: Value): string => (typeof value === 'string' ? value : ' '.repeat(countOf(value)));

function truncate(text: string, given: Given): string {
  const [length = 255, killWords = false, end = '...', leeway = 5] = given.read('length', 'killwords', 'end', 'leeway');
  const [characters, most] = [Array.from(text), countOf(length)];
  if (characters.length <= most + countOf(leeway)) return text;
  const cut = characters.slice(0, Math.max(0, most - Array.from(textOf(end)).length)).join('');
  if (isTrue(killWords)) return cut + textOf(end);
  const blank = cut.lastIndexOf(' ');
  return (blank === -1 ? cut : cut.slice(0, blank)) + textOf(end);
}

export const TEXTS: Readonly<Record<string, Filter>> = {
  capitalize: changing(capitalize),
  center: (value, given, { budget }) => center(printed(value), budget.size(countOf(given.read('width')[0] ?? 80))),
  e: escape,
  escape,
  forceescape: escape,
  format: (value, { positional, named }, { budget }) => formatPercent(printed(value), named.size > 0 ? new Map(named) : new Tuple(positional), budget),
  indent: (value, given, { budget }) => {
    const [width = 4, first = false, blank = false] = given.read('width', 'first', 'blank');
    const indent = indentation(typeof width === 'number' ? budget.size(width) : width);
    // as Jinja does, with one more line end, so that a last one is not lost
    const [start, ...lines] = splitLines(`${printed(value)}\n`);
    budget.size(lines.length * indent.length);
    return [isTrue(first) ? indent + start : start, ...lines.map((line) => (line !== '' || isTrue(blank) ? indent + line : line))].join('\n');
  },
  lower: changing((text) => text.toLowerCase()),
  replace: (value, given, { budget }) => {
    const [old, fresh, count] = given.read('old', 'new', 'count');
    return replaced(printed(value), printed(old!), printed(fresh!), count === undefined || count === null ? -1 : countOf(count), budget);
  },
  safe: changing((text) => text),
  string: changing((text) => text),
  title: changing((text) => text.split(/([-\s({[<]+)/).map(capitalize).join('')),
  tojson: (value, given, { budget }) => {
    const [ascii = false, indent = null, separators = null, sorted = false] = given.read('ensure_ascii', 'indent', 'separators', 'sort_keys');
    const [between, behindKey] = separators === null ? [indent === null ? ', ' : ',', ': '] : itemsOf(separators).map(textOf);
    const written = jsonOf(value, { indent: indent === null ? undefined : indentation(typeof indent === 'number' ? budget.size(indent) : indent), between, behindKey, ascii: isTrue(ascii), sorted: isTrue(sorted) });
    budget.size(written.length);
    return written;
  },
  trim: (value, given) => {
    const [characters = null] = given.read('chars');
    return strip(printed(value), characters === null ? undefined : textOf(characters));
  },
  truncate: (value, given) => truncate(textOf(value), given),
  upper: changing((text) => text.toUpperCase()),
  urlencode: (value, given) => {
    given.read();
    if (typeof value === 'string') return encoded(value, /[\w.~/-]/);
    const pairs = isMap(value) ? [...value] : itemsOf(value).map((pair) => itemsOf(pair));
    return pairs.map((pair) => pair.map((each) => encoded(printed(each), /[\w.~-]/).replaceAll('%20', '+')).join('=')).join('&');
  },
  wordcount: (value) => printed(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
};
