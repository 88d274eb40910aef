import { type Budget } from './budget.js';
import { TemplateError } from './lexer.js';
import { formatPercent } from './formatting.js';
import { compare, contains, Float, isEqual, isList, numberOf, Tuple, typeOf, Undefined, type Value, View, whole } from './values.js';

const isTuple = (value: Value): value is Tuple => value instanceof Tuple && !(value instanceof View);

const isFloat = (...values: Value[]) => values.some((value) => value instanceof Float);

/** What two numbers make; of whole ones a whole one, unless the operator always gives a fraction. */
function arithmetic(operator: string, left: Value, right: Value): Value {
  const [first, second] = [numberOf(left), numberOf(right)];
  if (first === undefined || second === undefined) return unsupported(operator, left, right);
  if (second === 0 && ['/', '//', '%'].includes(operator)) throw new TemplateError('division by zero');
  const value = NUMERIC[operator](first, second);
  return isFloat(left, right) || operator === '/' || (operator === '**' && second < 0) ? new Float(value) : whole(value);
}

const NUMERIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '//': (left, right) => Math.floor(left / right),
  '%': (left, right) => {
    const rest = left % right;
    return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest;
  },
  '**': (left, right) => left ** right,
};

function unsupported(operator: string, left: Value, right: Value): never {
  for (const value of [left, right]) if (value instanceof Undefined) value.fail();
  throw new TemplateError(`unsupported operand type(s) for ${operator}: '${typeOf(left)}' and '${typeOf(right)}'`);
}

/** Applies an operator to two values as Python does. @throws TemplateError when it does not take them */
export function binary(operator: string, left: Value, right: Value, budget: Budget): Value {
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (isList(left) && isList(right)) return [...left, ...right];
    if (isTuple(left) && isTuple(right)) return new Tuple([...left.items, ...right.items]);
  }
  if (operator === '*') {
    const [sequence, times] = numberOf(left) === undefined ? [left, right] : [right, left];
    if (typeof times === 'number' || typeof times === 'boolean') {
      const repeated = repeat(sequence, Math.max(0, Number(times)), budget);
      if (repeated !== undefined) return repeated;
    }
  }
  if (operator === '%' && typeof left === 'string') return formatPercent(left, right, budget);
  return arithmetic(operator, left, right);
}

function repeat(sequence: Value, times: number, budget: Budget): Value | undefined {
  if (typeof sequence === 'string') return sequence.repeat(budget.size(sequence.length * times) && times);
  const items = isTuple(sequence) ? sequence.items : isList(sequence) ? sequence : undefined;
  if (!items) return undefined;
  const repeated = Array.from({ length: budget.size(items.length * times) }, (_, index) => items[index % items.length]);
  return sequence instanceof Tuple ? new Tuple(repeated) : repeated;
}

export function unary(operator: '-' | '+', value: Value): Value {
  const number = numberOf(value);
  if (number === undefined) return value instanceof Undefined ? value.fail() : unsupported(operator, value, null);
  const result = operator === '-' ? -number : number;
  return value instanceof Float ? new Float(result) : whole(result);
}

const COMPARISONS: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '==': isEqual,
  '!=': (left, right) => !isEqual(left, right),
  '<': (left, right) => compare(left, right) < 0,
  '>': (left, right) => compare(right, left) < 0,
  '<=': (left, right) => compare(left, right) <= 0,
  '>=': (left, right) => compare(right, left) <= 0,
  in: (left, right) => contains(right, left),
  'not in': (left, right) => !contains(right, left),
};

/** Compares two values. @throws TemplateError when Python does not */
export const comparison = (operator: string, left: Value, right: Value): boolean => COMPARISONS[operator](left, right);
