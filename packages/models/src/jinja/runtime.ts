import type { Budget } from './budget.js';
import { TemplateError } from './lexer.js';
import { typeOf, type Value } from './values.js';

/** What filters, tests and methods need of the template that runs them. */
export interface Runtime {
  readonly budget: Budget;
  /** `value.name`: a method, or else an item. */
  attribute(value: Value, name: string): Value;
  /** `value[key]`: an item, or else an attribute. */
  item(value: Value, key: Value): Value;
  call(callee: Value, positional: readonly Value[], named?: ReadonlyMap<string, Value>): Value;
  filter(name: string, value: Value, positional: readonly Value[], named?: ReadonlyMap<string, Value>): Value;
  test(name: string, value: Value, positional: readonly Value[]): boolean;
}

/** The arguments that something is given. */
export class Given {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly #what: string;

  /** @param what is given them, for messages */
  constructor(what: string, positional: readonly Value[], named: ReadonlyMap<string, Value>) {
    this.#what = what;
    this.positional = positional;
    this.named = named;
  }

  /** The arguments of some parameters, undefined where none is given. @throws TemplateError when there are others */
  read(...parameters: readonly string[]): (Value | undefined)[] {
    if (this.positional.length > parameters.length) throw new TemplateError(`${this.#what} takes ${parameters.length} arguments, got ${this.positional.length}`);
    const unknown = [...this.named.keys()].find((name) => parameters.indexOf(name) < this.positional.length);
    if (unknown !== undefined) throw new TemplateError(`${this.#what} takes no argument "${unknown}" here`);
    return parameters.map((name, index) => (index < this.positional.length ? this.positional[index] : this.named.get(name)));
  }
}

/** A text. @throws TemplateError when a value is none */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(`expected a text, got '${typeOf(value)}'`);
}

/** A whole number. @throws TemplateError when a value is none */
export function countOf(value: Value): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  throw new TemplateError(`expected a whole number, got '${typeOf(value)}'`);
}
