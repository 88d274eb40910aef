import type { GraphBuilder } from '../onnx/graph.js';

/** The length of each named axis, in one recording. */
export type Sizes = Readonly<Record<string, number>>;

/** The length of an axis: a number, the name of an axis, or the sum of two, `past + new`. */
export type Axis = number | string;

/** The length of an axis. @throws Error for a name that has no size */
export function lengthOfAxis(axis: Axis, sizes: Sizes): number {
  if (typeof axis === 'number') return axis;
  return axis.split(' + ').reduce((sum, name) => {
    const size = sizes[name];
    if (size === undefined) throw new Error(`the axis "${name}" has no size`);
    return sum + size;
  }, 0);
}

/**
 * Which lengths stay open: a forward pass is recorded twice with other sizes, and a length that changes is that of an axis.
 * Shapes are asked for in the same order both times.
 */
export class OpenShapes {
  /** Of the first recording. */
  readonly #before: OpenShapes | undefined;
  readonly #shapes: (readonly number[])[] = [];
  /** Where an open axis can be read, by its lengths in both recordings. */
  readonly #axes = new Map<string, () => string>();

  constructor(before?: OpenShapes) {
    this.#before = before;
  }

  /** Notes a shape of this recording. @returns whether each axis stays open, and under which key */
  #open(shape: readonly number[]): (string | undefined)[] {
    const other = this.#before === undefined ? undefined : this.#before.#shapes[this.#shapes.length];
    this.#shapes.push(shape);
    return shape.map((length, axis) => (other === undefined || other[axis] === length ? undefined : `${other[axis]}/${length}`));
  }

  /** Says where the open axes of an input can be read. */
  declare(graph: GraphBuilder, name: string, shape: readonly number[]): void {
    this.#open(shape).forEach((key, axis) => {
      if (key === undefined || this.#axes.has(key)) return;
      let node: string | undefined;
      this.#axes.set(key, () => (node ??= graph.node('Shape', [name], { start: axis, end: axis + 1 })));
    });
  }

  /**
   * What a value of shape `from` is to be reshaped by: a list of lengths, 0 for one that stays, −1 for what is left.
   * @throws Error when two lengths or more cannot be told
   */
  target(graph: GraphBuilder, from: readonly number[], to: readonly number[]): string {
    const [fromKeys, toKeys] = [this.#open(from), this.#open(to)];
    const lengths = to.map((length, axis) => (toKeys[axis] === undefined ? length : toKeys[axis] === fromKeys[axis] ? 0 : -1));
    const parts: (number | string)[] = [...lengths];
    const unknown = lengths.flatMap((length, axis) => (length === -1 ? [axis] : []));
    const rest = unknown.findLast((axis) => !this.#axes.has(toKeys[axis]!)) ?? unknown.at(-1);
    for (const axis of unknown) {
      if (axis === rest) continue;
      const read = this.#axes.get(toKeys[axis]!);
      if (!read) throw new Error(`a shape [${to.join(', ')}] of which more than one axis is open cannot be recorded`);
      parts[axis] = read();
    }
    if (!parts.some((part) => typeof part === 'string')) return graph.integers(lengths);
    return graph.node('Concat', parts.map((part) => (typeof part === 'string' ? part : graph.integers([part]))), { axis: 0 });
  }

  /** @throws Error unless a shape is the same in both recordings */
  checkFixed(shape: readonly number[], what: string): void {
    if (this.#open(shape).some((key) => key !== undefined)) throw new Error(`${what} depends on the lengths of a batch and is computed on the host: it cannot be recorded`);
  }
}
