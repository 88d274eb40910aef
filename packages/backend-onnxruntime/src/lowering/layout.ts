import type { GraphBuilder } from '../onnx/graph.js';

/** Numbers of axes of two values by head, [b, h, t, d] each. */
export const HEADS = [4, 4] as const;

/** Moves between the layouts of a graph's values. Query heads that share a key head become rows below each other. */
export class Layout {
  readonly #graph: GraphBuilder;
  readonly #heads: number;
  readonly #groups: number;

  constructor(graph: GraphBuilder, heads: number, groups: number) {
    this.#graph = graph;
    this.#heads = heads;
    this.#groups = groups;
  }

  /** [b, t, h·d] → [b, g, h/g·t, d] */
  splitQuery(value: string): string {
    return this.byGroup(this.#split(value, this.#heads));
  }

  /** [b, s, g·d] → [b, g, s, d] */
  split(value: string): string {
    return this.#split(value, this.#groups);
  }

  /** [b, h, t, d] → [b, t, h·d] */
  join(value: string): string {
    return this.#reshape(this.#graph.node('Transpose', [value], { perm: [0, 2, 1, 3] }), [0, 0, -1]);
  }

  /** [b, g, h/g·t, …] → [b, h, t, …] */
  byHead(value: string): string {
    return this.#heads === this.#groups ? value : this.#reshape(value, [0, this.#heads, -1, 0]);
  }

  /** [b, h, t, …] → [b, g, h/g·t, …] */
  byGroup(value: string): string {
    return this.#heads === this.#groups ? value : this.#reshape(value, [0, this.#groups, -1, 0]);
  }

  #split(value: string, heads: number): string {
    return this.#graph.node('Transpose', [this.#reshape(value, [0, 0, heads, -1])], { perm: [0, 2, 1, 3] });
  }

  /** 0 keeps an axis, −1 takes what is left. */
  #reshape(value: string, shape: readonly number[]): string {
    return this.#graph.node('Reshape', [value, this.#graph.integers(shape)]);
  }
}
