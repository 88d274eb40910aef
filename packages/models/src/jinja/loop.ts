import { TemplateError } from './lexer.js';
import { Attributes, type Callable, isEqual, Undefined, type Value } from './values.js';

/** What a loop says of itself. */
export class Loop {
  index = 0;
  readonly #items: readonly Value[];
  readonly #depth: number;
  readonly #recurse: Callable;
  #changed: readonly Value[] | undefined;

  /**
   * @param depth how many loops of the same kind are around it
   * @param recurse goes through another list with the same body
   */
  constructor(items: readonly Value[], depth: number, recurse?: Callable) {
    this.#items = items;
    this.#depth = depth;
    this.#recurse =
      recurse ??
      (() => {
        throw new TemplateError('a loop calls itself only where it is recursive');
      });
  }

  /** As `loop` of a template. */
  get value(): Value {
    return new Attributes('LoopContext', (name) => this.#read(name), this.#recurse);
  }

  #read(name: string): Value {
    const [items, depth, index] = [this.#items, this.#depth, this.index];
    const values: Readonly<Record<string, Value>> = {
      index: index + 1,
      index0: index,
      revindex: items.length - index,
      revindex0: items.length - index - 1,
      first: index === 0,
      last: index === items.length - 1,
      length: items.length,
      depth: depth + 1,
      depth0: depth,
      previtem: index > 0 ? items[index - 1] : new Undefined('there is no previous item, so it'),
      nextitem: index + 1 < items.length ? items[index + 1] : new Undefined('there is no next item, so it'),
      cycle: (given) => given[index % given.length],
      changed: (given) => {
        const before = this.#changed;
        this.#changed = given;
        return !(before?.length === given.length && given.every((each, place) => isEqual(each, before[place])));
      },
    };
    return Object.hasOwn(values, name) ? values[name] : new Undefined(`'loop' has no attribute '${name}', so it`);
  }
}
