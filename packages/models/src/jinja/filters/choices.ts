import { TemplateError } from '../lexer.js';
import { type Given, type Runtime, textOf } from '../runtime.js';
import { isTrue, itemsOf, Stream, Undefined, type Value } from '../values.js';
import { reader } from './attribute-paths.js';
import type { Filter } from './filter.js';

const fallbackFor: Filter = (value, given) => {
  const [fallback = '', boolean = false] = given.read('default_value', 'boolean');
  return value instanceof Undefined || (isTrue(boolean) && !isTrue(value)) ? fallback : value;
};

/** Keeps items of which a test holds, or does not, or without a test those that are true. */
const choosing = (wanted: boolean, ofAttribute: boolean): Filter => (value, given, runtime) => {
  const [read, rest] = ofAttribute ? [reader(given.positional.at(0), runtime), given.positional.slice(1)] : [(item: Value) => item, given.positional];
  if (ofAttribute && given.positional.length === 0) throw new TemplateError('selectattr and rejectattr take the name of an attribute');
  const holds = rest.length === 0 ? isTrue : (item: Value) => runtime.test(textOf(rest[0]), item, rest.slice(1));
  return new Stream(itemsOf(value).filter((item) => (runtime.budget.spend(), holds(read(item)) === wanted)));
};

function map(value: Value, { positional, named }: Given, runtime: Runtime): Value {
  if (positional.length === 0 && named.has('attribute')) return new Stream(itemsOf(value).map(reader(named.get('attribute'), runtime, named.get('default'))));
  if (positional.length === 0) throw new TemplateError('map takes the name of a filter, or attribute=…');
  return new Stream(itemsOf(value).map((item) => runtime.filter(textOf(positional[0]), item, positional.slice(1), named)));
}

export const CHOICES: Readonly<Record<string, Filter>> = {
  attr: (value, given, runtime) => runtime.attribute(value, textOf(given.read('name')[0]!)),
  d: fallbackFor,
  default: fallbackFor,
  map,
  reject: choosing(false, false),
  rejectattr: choosing(false, true),
  select: choosing(true, false),
  selectattr: choosing(true, true),
};
