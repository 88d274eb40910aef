import { TemplateError } from './lexer.js';
import { printed } from './printing.js';
import { countOf, Given, type Runtime } from './runtime.js';
import { strftime } from './strftime.js';
import { Attributes, dictOf, isMap, itemsOf, Namespace, Undefined, type Value, View } from './values.js';

/** Longest list that a template may count up to. */
const LONGEST_RANGE = 100_000;

function range(given: readonly Value[]): View {
  const [start, stop, step = 1] = given.length === 1 ? [0, countOf(given[0])] : given.map(countOf);
  if (step === 0) throw new TemplateError('range() arg 3 must not be zero');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= LONGEST_RANGE)) throw new TemplateError(`it counts up to ${count}, which no conversation needs`);
  const written = `range(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`;
  return new View('range', Array.from({ length: count }, (_, index) => start + index * step), () => written);
}

function dict(positional: readonly Value[], named: ReadonlyMap<string, Value>): Map<Value, Value> {
  const [first] = positional;
  const entries = positional.length === 0 ? [] : isMap(first) ? [...first] : itemsOf(first).map((pair) => itemsOf(pair) as readonly [Value, Value]);
  return dictOf([...entries, ...named]);
}

function cycler(items: readonly Value[]): Value {
  if (items.length === 0) throw new TemplateError('at least one item has to be provided');
  let index = 0;
  const methods = new Map<string, () => Value>([
    ['next', () => items[index++ % items.length]],
    ['reset', () => ((index = 0), null)],
  ]);
  return new Attributes('Cycler', (name) => (name === 'current' ? items[index % items.length] : (methods.get(name) ?? new Undefined(`cycler.${name}`))));
}

function joiner(given: Given): Value {
  const [between = ', '] = given.read('sep');
  let used = false;
  return () => {
    if (used) return between;
    used = true;
    return '';
  };
}

/** What every template can call. @param now the time that `strftime_now` writes */
export function globalsOf({ budget }: Runtime, now: () => Date): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['range', (positional) => {
      const list = range(positional);
      budget.size(list.items.length);
      return list;
    }],
    ['dict', dict],
    ['namespace', (positional, named) => {
      const made = new Namespace();
      for (const [name, value] of dict(positional, named)) made.fields.set(printed(name), value);
      return made;
    }],
    ['cycler', cycler],
    ['joiner', (positional, named) => joiner(new Given('joiner()', positional, named))],
    ['raise_exception', (positional) => {
      throw new TemplateError(printed(positional[0]));
    }],
    ['strftime_now', (positional) => strftime(printed(positional[0]), now())],
  ]);
}
