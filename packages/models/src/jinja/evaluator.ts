import { Budget } from './budget.js';
import { FILTERS } from './filters/index.js';
import { Group } from './filters/lists.js';
import { TemplateError } from './lexer.js';
import { methodOf } from './methods.js';
import { binary, comparison, unary } from './operators.js';
import { printed } from './printing.js';
import { Given, type Runtime } from './runtime.js';
import type { Scope } from './scope.js';
import { slice } from './slices.js';
import type { Arguments, Expression, FilterCall } from './syntax.js';
import { TESTS } from './tests.js';
import { Attributes, dictOf, Float, isList, isMap, isTrue, itemsOf, Namespace, numberOf, Tuple, typeOf, Undefined, type Value, valueAt, whole } from './values.js';

const NONE: ReadonlyMap<string, Value> = new Map();

/** Works expressions out. */
export class Evaluator implements Runtime {
  readonly budget = new Budget();

  evaluate(expression: Expression, scope: Scope): Value {
    this.budget.spend();
    switch (expression.kind) {
      case 'constant':
        return constant(expression.value);
      case 'name':
        return this.#named(expression.name, scope);
      case 'list':
        return this.#all(expression.items, scope);
      case 'tuple':
        return new Tuple(this.#all(expression.items, scope));
      case 'concatenation':
        return this.#joined(this.#all(expression.items, scope).map(printed));
      case 'dict':
        return dictOf(expression.entries.map(([key, value]) => [this.evaluate(key, scope), this.evaluate(value, scope)] as const));
      case 'unary':
        return expression.operator === 'not' ? !isTrue(this.evaluate(expression.operand, scope)) : unary(expression.operator, this.evaluate(expression.operand, scope));
      case 'binary':
        return this.#binary(expression, scope);
      case 'comparison':
        return this.#comparison(expression, scope);
      case 'condition':
        if (isTrue(this.evaluate(expression.test, scope))) return this.evaluate(expression.then, scope);
        return expression.otherwise ? this.evaluate(expression.otherwise, scope) : new Undefined('the value of a condition without else');
      case 'attribute':
        return this.attribute(this.evaluate(expression.of, scope), expression.name);
      case 'item':
        return this.item(this.evaluate(expression.of, scope), this.evaluate(expression.key, scope));
      case 'slice':
        return slice(this.evaluate(expression.of, scope), expression.bounds.map((bound) => bound && this.evaluate(bound, scope)));
      case 'call':
        return this.call(this.evaluate(expression.callee, scope), ...this.given(expression, scope));
      case 'filter':
        return this.filtered(this.evaluate(expression.of, scope), expression, scope);
      case 'test':
        return this.test(expression.name, this.evaluate(expression.of, scope), this.given(expression, scope)[0]) !== expression.negated;
    }
  }

  /** The values of arguments. */
  given({ positional, named }: Arguments, scope: Scope): [positional: Value[], named: Map<string, Value>] {
    const inOrder = positional.flatMap(({ value, spread }) => (spread ? itemsOf(this.evaluate(value, scope)) : [this.evaluate(value, scope)]));
    const byName = named.flatMap(({ name, value }): [string, Value][] => {
      const found = this.evaluate(value, scope);
      if (name !== undefined) return [[name, found]];
      if (!isMap(found)) throw new TemplateError(`argument after ** must be a mapping, not ${typeOf(found)}`);
      return [...found].map(([key, each]) => [printed(key), each]);
    });
    return [inOrder, new Map(byName)];
  }

  /** A value as a filter of a template makes it. */
  filtered(value: Value, call: FilterCall, scope: Scope): Value {
    return this.filter(call.name, value, ...this.given(call, scope));
  }

  filter(name: string, value: Value, positional: readonly Value[], named = NONE): Value {
    if (!Object.hasOwn(FILTERS, name)) throw new TemplateError(`no filter named '${name}' is supported, only ${Object.keys(FILTERS).join(', ')}`);
    this.#spendFor(value);
    return FILTERS[name](value, new Given(`the filter ${name}`, positional, named), this);
  }

  test(name: string, value: Value, positional: readonly Value[]): boolean {
    if (name === 'filter' || name === 'test') return Object.hasOwn(name === 'filter' ? FILTERS : TESTS, printed(value));
    if (!Object.hasOwn(TESTS, name)) throw new TemplateError(`no test named '${name}' is supported, only ${Object.keys(TESTS).join(', ')}`);
    return TESTS[name](value, positional);
  }

  call(callee: Value, positional: readonly Value[], named = NONE): Value {
    if (callee instanceof Undefined) return callee.fail();
    const task = callee instanceof Attributes ? callee.call : callee;
    if (typeof task !== 'function') throw new TemplateError(`'${typeOf(callee)}' object is not callable`);
    positional.forEach((value) => this.#spendFor(value));
    return task(positional, named);
  }

  attribute(value: Value, name: string): Value {
    return this.#method(value, name) ?? this.#item(value, name) ?? new Undefined(`'${typeOf(value)} object' has no attribute '${name}', so it`);
  }

  item(value: Value, key: Value): Value {
    return this.#item(value, key) ?? (typeof key === 'string' ? this.#method(value, key) : undefined) ?? new Undefined(`${typeOf(value)} object has no element ${printed(key)}, so it`);
  }

  /** A method or another attribute; undefined when there is none. */
  #method(value: Value, name: string): Value | undefined {
    if (value instanceof Undefined) return value.fail();
    if (value instanceof Attributes) return value.read(name);
    if (value instanceof Namespace) return value.fields.get(name);
    if (value instanceof Group && (name === 'grouper' || name === 'list')) return value.items[name === 'grouper' ? 0 : 1];
    this.#spendFor(value);
    return methodOf(value, name, this);
  }

  #item(value: Value, key: Value): Value | undefined {
    if (value instanceof Undefined) return value.fail();
    if (isMap(value)) return valueAt(value, key);
    const index = key instanceof Float ? undefined : numberOf(key);
    if (index === undefined || !(typeof value === 'string' || isList(value) || value instanceof Tuple)) return undefined;
    return itemsOf(value).at(index);
  }

  #named(name: string, scope: Scope): Value {
    const value = scope.get(name);
    return value === undefined ? new Undefined(`'${name}'`) : value;
  }

  #all(expressions: readonly Expression[], scope: Scope): Value[] {
    return expressions.map((each) => this.evaluate(each, scope));
  }

  #joined(parts: readonly string[]): string {
    this.budget.size(parts.reduce((sum, { length }) => sum + length, 0));
    return parts.join('');
  }

  #binary({ operator, left, right }: Expression & { kind: 'binary' }, scope: Scope): Value {
    const first = this.evaluate(left, scope);
    if (operator === 'and') return isTrue(first) ? this.evaluate(right, scope) : first;
    if (operator === 'or') return isTrue(first) ? first : this.evaluate(right, scope);
    const second = this.evaluate(right, scope);
    this.#spendFor(first);
    this.#spendFor(second);
    return binary(operator, first, second, this.budget);
  }

  #comparison({ first, rest }: Expression & { kind: 'comparison' }, scope: Scope): Value {
    let left = this.evaluate(first, scope);
    for (const [operator, operand] of rest) {
      const right = this.evaluate(operand, scope);
      this.#spendFor(right);
      if (!comparison(operator, left, right)) return false;
      left = right;
    }
    return true;
  }

  /** Counts what it takes to go through a value, and refuses those that have become too large. */
  #spendFor(value: Value): void {
    this.budget.size(typeof value === 'string' || isList(value) ? value.length : isMap(value) ? value.size : 1);
  }
}

function constant(value: (Expression & { kind: 'constant' })['value']): Value {
  if (typeof value === 'object' && value !== null) return new Float(value.float);
  return typeof value === 'number' ? whole(value) : value;
}
