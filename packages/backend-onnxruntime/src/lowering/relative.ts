import type { GraphBuilder } from '../onnx/graph.js';
import { HEADS, Layout } from './layout.js';
import type { Attributes, Lowering, Operand } from './lowering.js';

const key: NonNullable<Lowering['key']> = (_, { heads, scale, transposed }) => [heads, scale, transposed].join('/');

/** Past the end of any axis. */
const END = 2 ** 31 - 1;

/** The relative shift and its gradient. The graph takes the length from its input, so that it serves sequences of any. */
class Shift {
  readonly #graph: GraphBuilder;
  /** t */
  readonly #length: string;
  /** 2t − 1 */
  readonly #width: string;

  /** @param x [b, t, …] */
  constructor(graph: GraphBuilder, x: string) {
    this.#graph = graph;
    this.#length = graph.node('Shape', [x], { start: 1, end: 2 });
    this.#width = graph.node('Sub', [graph.node('Add', [this.#length, this.#length]), graph.integers([1])]);
  }

  /** [b, h, t, 2t] → [b, h, t, t] */
  forward(products: string): string {
    const rows = this.#reshape(products, this.#graph.integers([-1]), this.#length); // [b, h, 2t, t]
    const rest = this.#slice(rows, this.#graph.integers([1]), this.#graph.integers([END]), 2); // [b, h, 2t − 1, t]
    return this.#slice(this.#reshape(rest, this.#length, this.#width), this.#graph.integers([0]), this.#length, 3);
  }

  /** [b, h, t, t] → [b, h, t, 2t] */
  backward(dScores: string): string {
    const missing = this.#graph.node('Sub', [this.#length, this.#graph.integers([1])]);
    const atTheEnd = this.#graph.node('Concat', [this.#graph.integers([0, 0, 0, 0, 0, 0, 0]), missing], { axis: 0 });
    const rest = this.#reshape(this.#graph.node('Pad', [dScores, atTheEnd]), this.#width, this.#length); // [b, h, 2t − 1, t]
    const rows = this.#graph.node('Pad', [rest, this.#graph.integers([0, 0, 1, 0, 0, 0, 0, 0])]); // [b, h, 2t, t]
    return this.#reshape(rows, this.#length, this.#graph.integers([-1]));
  }

  #reshape(value: string, rows: string, columns: string): string {
    return this.#graph.node('Reshape', [value, this.#graph.node('Concat', [this.#graph.integers([0, 0]), rows, columns], { axis: 0 })]);
  }

  #slice(value: string, start: string, end: string, axis: number): string {
    return this.#graph.node('Slice', [value, start, end, this.#graph.integers([axis])]);
  }
}

/** What both graphs start from. */
function prepare(graph: GraphBuilder, x: Operand, offsets: Operand, { heads, scale, transposed }: Attributes) {
  const layout = new Layout(graph, heads as number, heads as number);
  return {
    layout,
    shift: new Shift(graph, x.name),
    scale: scale as number,
    orient: (scores: string) => (transposed ? graph.node('Transpose', [scores], { perm: [0, 1, 3, 2] }) : scores),
    vectors: layout.split(x.name), // [b, h, t, d]
    places: layout.split(graph.node('Unsqueeze', [offsets.name, graph.integers([0])])), // [1, h, 2t, d]
  };
}

const RELATIVE_SCORES: Lowering = {
  inputs: ['x', 'offsets', 'added'],
  shapes: ([x], { heads }) => [[x![0], heads as number, x![1], x![1]]],
  key,
  build: (graph, [x, offsets, added], attributes) => {
    const { shift, scale, orient, vectors, places } = prepare(graph, x!, offsets!, attributes);
    const scores = orient(shift.forward(graph.product(vectors, places, { ranks: HEADS, transposeRight: true, scale })));
    return [added ? graph.node('Add', [scores, added.name]) : scores];
  },
};

const RELATIVE_SCORES_GRADIENT: Lowering = {
  inputs: ['dScores', 'x', 'offsets'],
  shapes: ([, x, offsets]) => [x!, offsets!],
  key,
  build: (graph, [dScores, x, offsets], attributes) => {
    const { layout, shift, scale, orient, vectors, places } = prepare(graph, x!, offsets!, attributes);
    const dProducts = shift.backward(orient(dScores!.name)); // [b, h, t, 2t]
    const dPlaces = graph.product(dProducts, vectors, { ranks: HEADS, transposeLeft: true, scale }); // [b, h, 2t, d]
    const sum = graph.node('ReduceSum', [dPlaces, graph.integers([0])], { keepdims: 1 });
    return [
      layout.join(graph.product(dProducts, places, { ranks: HEADS, scale })),
      graph.node('Squeeze', [layout.join(sum), graph.integers([0])]),
    ];
  },
};

/** Attention's bias by distance, of @unmask/tensor-core; the contracts are in its README. */
export const relative: Readonly<Record<string, Lowering>> = {
  UnmaskRelativeScores: RELATIVE_SCORES,
  UnmaskRelativeScoresGradient: RELATIVE_SCORES_GRADIENT,
};
