import { TemplateError } from './lexer.js';
import { comparison } from './operators.js';
import { printed } from './printing.js';
import { countOf } from './runtime.js';
import { Attributes, Float, isList, isMap, numberOf, Stream, Tuple, Undefined, type Value } from './values.js';

type Test = (value: Value, given: readonly Value[]) => boolean;

const comparing = (operator: string): Test => (value, given) => comparison(operator, value, given[0]);
const [eq, ne, lt, le, gt, ge] = ['==', '!=', '<', '<=', '>', '>='].map(comparing);

const isFinite = (value: Value): boolean => isList(value) || typeof value === 'string' || isMap(value) || value instanceof Tuple;

const rest = (value: Value, by: number): number => {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError('expected a number');
  return ((number % by) + by) % by;
};

/** Jinja's tests by their names: what `value is name` asks. */
export const TESTS: Readonly<Record<string, Test>> = {
  '!=': ne,
  '<': lt,
  '<=': le,
  '==': eq,
  '>': gt,
  '>=': ge,
  boolean: (value) => typeof value === 'boolean',
  callable: (value) => typeof value === 'function' || (value instanceof Attributes && value.call !== undefined),
  defined: (value) => !(value instanceof Undefined),
  divisibleby: (value, [by]) => rest(value, countOf(by)) === 0,
  eq,
  equalto: eq,
  even: (value) => rest(value, 2) === 0,
  false: (value) => value === false,
  float: (value) => value instanceof Float,
  ge,
  greaterthan: gt,
  gt,
  in: (value, given) => comparison('in', value, given[0]),
  integer: (value) => typeof value === 'number',
  iterable: (value) => isFinite(value) || value instanceof Stream || value instanceof Undefined,
  le,
  lessthan: lt,
  lower: (value) => printed(value) !== printed(value).toUpperCase() && printed(value) === printed(value).toLowerCase(),
  lt,
  mapping: isMap,
  ne,
  none: (value) => value === null,
  number: (value) => numberOf(value) !== undefined,
  odd: (value) => rest(value, 2) === 1,
  sameas: (value, [other]) => value === other || (value instanceof Float && other instanceof Float && value.value === other.value),
  sequence: (value) => isFinite(value) || value instanceof Undefined,
  string: (value) => typeof value === 'string',
  true: (value) => value === true,
  undefined: (value) => value instanceof Undefined,
  upper: (value) => printed(value) !== printed(value).toLowerCase() && printed(value) === printed(value).toUpperCase(),
};
