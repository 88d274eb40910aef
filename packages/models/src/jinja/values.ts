import { TemplateError } from './lexer.js';

/** A number that Python writes with a point; plain numbers are whole. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A list that cannot change, which Python writes in round brackets. */
export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** Something with attributes, such as `loop`. */
export class Attributes {
  readonly typeName: string;
  readonly read: (name: string) => Value;
  /** What it does when it is called, if it can be. */
  readonly call: Callable | undefined;

  constructor(typeName: string, read: (name: string) => Value, call?: Callable) {
    this.typeName = typeName;
    this.read = read;
    this.call = call;
  }
}

/** What `namespace()` makes: attributes that a template may set. */
export class Namespace {
  readonly fields = new Map<string, Value>();
}

/** What a template asks for and is not there. */
export class Undefined {
  readonly #what: string;

  /** @param what for messages */
  constructor(what: string) {
    this.#what = what;
  }

  fail(): never {
    throw new TemplateError(`${this.#what} is undefined`);
  }
}

/** Something that is called with arguments in order and by name. */
export type Callable = (positional: readonly Value[], named: ReadonlyMap<string, Value>) => Value;

/** A value of a template; lists are arrays, dicts maps, None is null. */
export type Value = null | boolean | number | string | Float | Tuple | Stream | Attributes | Namespace | Undefined | Callable | readonly Value[] | ReadonlyMap<Value, Value>;

export const isMap = (value: Value): value is ReadonlyMap<Value, Value> => value instanceof Map;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** What `range()` makes, or the keys, values or items of a dict. */
export class View extends Tuple {
  readonly typeName: string;
  readonly write: () => string;

  /** @param write how Python writes it */
  constructor(typeName: string, items: readonly Value[], write: () => string) {
    super(items);
    this.typeName = typeName;
    this.write = write;
  }
}

/** Items that can be gone through once, such as those that `map` or `select` give; always true, without a length. */
export class Stream {
  #items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.#items = items;
  }

  /** The items, the first time. */
  take(): readonly Value[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}

/** A value of JSON as one of a template. */
export function valueOf(json: unknown): Value {
  if (json === undefined || json === null) return null;
  if (typeof json === 'number') return Number.isInteger(json) ? json : new Float(json);
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json === 'object') return new Map(Object.entries(json).filter(([, value]) => value !== undefined).map(([name, value]) => [name, valueOf(value)]));
  return json as Value;
}

/** Python's name for the type of a value. */
export function typeOf(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'function') return 'function';
  if (value instanceof Float) return 'float';
  if (value instanceof Tuple) return value instanceof View ? value.typeName : 'tuple';
  if (value instanceof Stream) return 'generator';
  if (value instanceof Namespace) return 'Namespace';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Attributes) return value.typeName;
  return isList(value) ? 'list' : 'dict';
}

/** Whether a condition with this value holds. */
export function isTrue(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false;
  if (value instanceof Float) return value.value !== 0;
  if (typeof value === 'string' || isList(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (isMap(value)) return value.size > 0;
  return typeof value === 'object' || Boolean(value);
}

/** A number, true and false as 1 and 0; undefined for anything else. */
export function numberOf(value: Value): number | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined;
}

/** A whole number that is exact here. @throws TemplateError when it is too large */
export function whole(value: number): number {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  throw new TemplateError(`whole numbers of more than 2^53 are not supported`);
}

/** The characters of a text, as Python counts them. */
export const charactersOf = (text: string): readonly string[] => Array.from(text);

/** What a loop over a value goes through. @throws TemplateError when it is no list, dict or text */
export function itemsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (value instanceof Stream) return value.take();
  if (typeof value === 'string') return charactersOf(value);
  if (isMap(value)) return [...value.keys()];
  if (value instanceof Undefined) return [];
  throw new TemplateError(`'${typeOf(value)}' object is not iterable`);
}

/** How many items a value has. @throws TemplateError when it has none */
export function lengthOf(value: Value): number {
  if (isMap(value)) return value.size;
  if (typeof value === 'string' || isList(value) || value instanceof Tuple || value instanceof Undefined) return itemsOf(value).length;
  throw new TemplateError(`object of type '${typeOf(value)}' has no len()`);
}

/** The value of a dict's key; undefined when there is none. */
export function valueAt(dict: ReadonlyMap<Value, Value>, key: Value): Value | undefined {
  return dict.get(typeof key === 'string' ? key : keyIn(dict, key));
}

/** The key of a dict that equals another one, which it is itself when there is none: 1, 1.0 and true are one key. */
const keyIn = (dict: ReadonlyMap<Value, Value>, key: Value): Value => [...dict.keys()].find((each) => isEqual(each, key)) ?? key;

/** Most keys of a dict that has others than texts, which are compared one by one. */
const MOST_KEYS = 1000;

/** A dict of keys and values. @throws TemplateError when it has too many keys that are no texts */
export function dictOf(entries: Iterable<readonly [Value, Value]>): Map<Value, Value> {
  const dict = new Map<Value, Value>();
  for (const [key, value] of entries) {
    if (typeof key !== 'string' && dict.size > MOST_KEYS) throw new TemplateError(`a dict of more than ${MOST_KEYS} keys takes texts only`);
    dict.set(typeof key === 'string' ? key : keyIn(dict, key), value);
  }
  return dict;
}

/** Whether two values are equal, as Python says. */
export function isEqual(left: Value, right: Value): boolean {
  const [first, second] = [numberOf(left), numberOf(right)];
  if (first !== undefined && second !== undefined) return first === second;
  if (left instanceof Undefined) return right instanceof Undefined;
  if (isList(left) && isList(right)) return areEqual(left, right);
  if (left instanceof Tuple && right instanceof Tuple) return areEqual(left.items, right.items);
  if (isMap(left) && isMap(right)) return left.size === right.size && [...left].every(([key, value]) => {
    const other = valueAt(right, key);
    return other !== undefined && isEqual(value, other);
  });
  return left === right;
}

const areEqual = (left: readonly Value[], right: readonly Value[]): boolean => left.length === right.length && left.every((each, index) => isEqual(each, right[index]));

/** Which of two values comes first: negative for the left one. @throws TemplateError when Python does not compare them */
export function compare(left: Value, right: Value): number {
  const [first, second] = [numberOf(left), numberOf(right)];
  if (first !== undefined && second !== undefined) return first - second;
  if (typeof left === 'string' && typeof right === 'string') return compareItems(charactersOf(left), charactersOf(right), (a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  if (isList(left) && isList(right)) return compareItems(left, right, compare);
  if (left instanceof Tuple && right instanceof Tuple) return compareItems(left.items, right.items, compare);
  for (const value of [left, right]) if (value instanceof Undefined) value.fail();
  throw new TemplateError(`'<' not supported between instances of '${typeOf(left)}' and '${typeOf(right)}'`);
}

function compareItems<T>(left: readonly T[], right: readonly T[], compareTwo: (a: T, b: T) => number): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = compareTwo(left[index], right[index]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Whether a value is in another one. */
export function contains(container: Value, value: Value): boolean {
  if (typeof container === 'string') {
    if (typeof value === 'string') return container.includes(value);
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeOf(value)}`);
  }
  return itemsOf(container).some((each) => isEqual(each, value));
}
