import { Evaluator } from './evaluator.js';
import { globalsOf } from './globals.js';
import { TemplateError } from './lexer.js';
import { Loop } from './loop.js';
import { macro } from './macro.js';
import { parseTemplate } from './parser.js';
import { printed } from './printing.js';
import { Scope } from './scope.js';
import type { Body, Expression, Statement, Target } from './syntax.js';
import { isTrue, itemsOf, Namespace, typeOf, type Value, valueOf } from './values.js';

export { TemplateError } from './lexer.js';

/** What ends a loop's round early. */
type Jump = 'break' | 'continue' | undefined;

/** A text, and the parts of it that were marked. */
export interface MarkedText {
  readonly text: string;
  /** Start and end in characters of each part, in their order. */
  readonly spans: readonly Span[];
}

/** A part of a text: its start, and the character after its end. */
export type Span = readonly [start: number, end: number];

/** A template of Jinja, with the settings and functions that HF transformers gives chat templates. */
export class Template {
  readonly #body: Body;

  /** @throws TemplateError when the template is broken */
  constructor(template: string) {
    this.#body = parseTemplate(template);
  }

  /**
   * Writes the template.
   * @param values names and values of JSON
   * @param now the time that `strftime_now` writes
   * @throws TemplateError when it takes the values not, or too many steps
   */
  render(values: Readonly<Record<string, unknown>>, now?: () => Date): string {
    return this.renderMarked(values, now).text;
  }

  /** As {@link render}, and where in the text is what stands between `{% generation %}` and `{% endgeneration %}`; no such blocks lie within others. */
  renderMarked(values: Readonly<Record<string, unknown>>, now: () => Date = () => new Date()): MarkedText {
    const evaluator = new Evaluator();
    const scope = new Scope();
    for (const [name, value] of globalsOf(evaluator, now)) scope.set(name, value);
    for (const [name, value] of Object.entries(values)) scope.set(name, valueOf(value));
    const writer = new Writer(evaluator);
    return { text: writer.text(this.#body, scope), spans: writer.spans };
  }

  /** Whether it marks what the assistant wrote. */
  get isMarked(): boolean {
    return kindsIn(this.#body).has('generation');
  }
}

/** Carries statements out. */
class Writer {
  readonly #evaluator: Evaluator;
  /** What is written; blocks that keep their text begin another list. */
  #parts: string[] = [];
  /** Characters of the text itself that are written, and where in it what is marked stands. */
  #length = 0;
  /** How many blocks around what is being written keep their text. */
  #depth = 0;
  readonly spans: Span[] = [];

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** What a body writes. */
  text(body: Body, scope: Scope): string {
    return this.#kept(() => this.#run(body, scope));
  }

  /** What is written meanwhile, which does not go into the text yet. */
  #kept(write: () => unknown): string {
    const around = this.#parts;
    this.#parts = [];
    this.#depth++;
    write();
    this.#depth--;
    const text = this.#parts.join('');
    this.#parts = around;
    return text;
  }

  #run(body: Body, scope: Scope): Jump {
    for (const statement of body) {
      const jump = this.#step(statement, scope);
      if (jump) return jump;
    }
    return undefined;
  }

  #step(statement: Statement, scope: Scope): Jump {
    const evaluator = this.#evaluator;
    switch (statement.kind) {
      case 'text':
        this.#write(statement.text);
        return undefined;
      case 'output':
        this.#write(printed(evaluator.evaluate(statement.value, scope)));
        return undefined;
      case 'if':
        for (const { test, body } of statement.branches) {
          if (!test || isTrue(evaluator.evaluate(test, scope))) return this.#run(body, scope);
        }
        return undefined;
      case 'for':
        this.#loop(statement, evaluator.evaluate(statement.over, scope), scope, 0);
        return undefined;
      case 'set':
        assign(statement.target, evaluator.evaluate(statement.value, scope), scope);
        return undefined;
      case 'capture':
        assign(statement.target, this.#filtered(statement, scope), scope);
        return undefined;
      case 'filtered':
        this.#write(printed(this.#filtered(statement, scope)));
        return undefined;
      case 'with': {
        const inner = new Scope(scope);
        const values = statement.values.map((value) => evaluator.evaluate(value, scope));
        statement.targets.forEach((target, index) => assign(target, values[index], inner));
        return this.#run(statement.body, inner);
      }
      case 'scope':
        return this.#run(statement.body, new Scope(scope));
      case 'generation': {
        const start = this.#length;
        const jump = this.#run(statement.body, new Scope(scope));
        if (this.#depth === 1) this.spans.push([start, this.#length]);
        return jump;
      }
      case 'macro':
        scope.set(statement.name, this.#macro(statement.name, statement, scope));
        return undefined;
      case 'call':
        this.#call(statement, scope);
        return undefined;
      default:
        return statement.kind;
    }
  }

  #write(text: string): void {
    this.#evaluator.budget.size(text.length);
    this.#parts.push(text);
    if (this.#depth === 1) this.#length += text.length;
  }

  #filtered({ filters, body }: Statement & { kind: 'capture' | 'filtered' }, scope: Scope): Value {
    const text: Value = this.text(body, new Scope(scope));
    return filters.reduce((value: Value, call) => this.#evaluator.filtered(value, call, scope), text);
  }

  #loop(statement: Statement & { kind: 'for' }, over: Value, scope: Scope, depth: number): void {
    const { target, test, body, otherwise, recursive } = statement;
    const bound = (item: Value) => {
      const inner = new Scope(scope);
      assign(target, item, inner);
      return inner;
    };
    const evaluator = this.#evaluator;
    const items = itemsOf(over).filter((item) => !test || isTrue(evaluator.evaluate(test, bound(item))));
    const recurse = ([again]: readonly Value[]): Value => {
      return this.#kept(() => this.#loop(statement, again, scope, depth + 1));
    };
    const loop = new Loop(items, depth, recursive ? recurse : undefined);
    for (const [index, item] of items.entries()) {
      evaluator.budget.spend();
      loop.index = index;
      const inner = bound(item);
      inner.set('loop', loop.value);
      if (this.#run(body, inner) === 'break') break;
    }
    if (items.length === 0) this.#run(otherwise, new Scope(scope));
  }

  #macro(name: string, { parameters, body }: Pick<Statement & { kind: 'macro' | 'call' }, 'parameters' | 'body'>, scope: Scope): Value {
    return macro(name, parameters, scope, this.#evaluator, namesIn(body), (inner) => this.text(body, inner));
  }

  #call(statement: Statement & { kind: 'call' }, scope: Scope): void {
    const { call } = statement;
    if (call.kind !== 'call') throw new TemplateError('{% call %} takes a call of a macro');
    const [positional, named] = this.#evaluator.given(call, scope);
    named.set('caller', this.#macro('caller', statement, scope));
    this.#write(printed(this.#evaluator.call(this.#evaluator.evaluate(call.callee, scope), positional, named)));
  }
}

/** Gives a value to names, its items where there are several. */
function assign(target: Target, value: Value, scope: Scope): void {
  if (target.kind === 'name') {
    scope.set(target.name, value);
  } else if (target.kind === 'attribute') {
    const of = scope.get(target.of);
    if (!(of instanceof Namespace)) throw new TemplateError('cannot assign attribute on non-namespace object');
    of.fields.set(target.name, value);
  } else {
    const items = itemsOf(value);
    if (items.length !== target.items.length) throw new TemplateError(`cannot give ${items.length} items of a '${typeOf(value)}' to ${target.items.length} names`);
    target.items.forEach((each, index) => assign(each, items[index], scope));
  }
}

/** The names that a body asks for, anywhere in it. */
function namesIn(body: Body): ReadonlySet<string> {
  return new Set(nodesIn(body).flatMap(({ kind, name }) => (kind === 'name' && name !== undefined ? [name] : [])));
}

/** What a body is made of. */
const kindsIn = (body: Body): ReadonlySet<string> => new Set(nodesIn(body).flatMap(({ kind }) => kind ?? []));

/** A statement or an expression. */
type SyntaxNode = Partial<Pick<Expression & { kind: 'name' }, 'name'>> & { readonly kind?: string };

function nodesIn(node: unknown): SyntaxNode[] {
  if (typeof node !== 'object' || node === null) return [];
  return [node, ...Object.values(node).flatMap(nodesIn)];
}
