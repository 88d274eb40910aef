import type { GraphBuilder } from '../onnx/graph.js';
import type { Attributes, Lowering, Operand } from './lowering.js';

/** Query heads h, key and value heads g, and the factor of the products, which are constants of the graph. */
const headsOf = ({ heads, keyValueHeads, scale }: Attributes) => ({ heads: heads as number, groups: keyValueHeads as number, alpha: { float: scale as number } });

const key: NonNullable<Lowering['key']> = (inputs, { heads, keyValueHeads, scale, withBias }) =>
  [heads, keyValueHeads, scale, withBias, inputs.at(1)![2]].join('/');

/** Moves between the layouts of a graph's values. Query heads that share a key head become rows below each other. */
class Layout {
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

const ATTENTION: Lowering = {
  inputs: ['query', 'key', 'value', 'mask', 'bias', 'dropoutMask'],
  shapes: ([query, key], { heads }) => [query!, [query![0], heads as number, query![1], key![1]]],
  key,
  build: (graph, inputs, attributes) => {
    const [query, key, value, mask, bias, dropoutMask] = inputs as [Operand, Operand, Operand, Operand?, Operand?, Operand?];
    const { heads, groups, alpha } = headsOf(attributes);
    const layout = new Layout(graph, heads, groups);
    const products = layout.byHead(graph.node('FusedMatMul', [layout.splitQuery(query.name), layout.split(key.name)], { transB: 1, alpha }));
    const scores = [bias, mask].reduce((sum, term) => (term ? graph.node('Add', [sum, term.name]) : sum), products);
    const probabilities = graph.node('Softmax', [scores], { axis: -1 });
    const dropped = dropoutMask ? graph.node('Mul', [probabilities, dropoutMask.name]) : probabilities;
    return [layout.join(layout.byHead(graph.node('MatMul', [layout.byGroup(dropped), layout.split(value.name)]))), probabilities];
  },
};

/** dv = (P·D)ᵀ·dc, dP = (dc·vᵀ)·D, dS = P·(dP − Σ dP·P), dq = s·dS·k, dk = s·dSᵀ·q, dBias = dS. */
const ATTENTION_GRADIENT: Lowering = {
  inputs: ['dContext', 'query', 'key', 'value', 'probabilities', 'dropoutMask'],
  shapes: ([, query, key, value, probabilities], { withBias }) => [query!, key!, value!, ...(withBias ? [probabilities!] : [])],
  key,
  build: (graph, inputs, attributes) => {
    const [dContext, query, key, value, p, dropoutMask] = inputs as [Operand, Operand, Operand, Operand, Operand, Operand?];
    const { heads, groups, alpha } = headsOf(attributes);
    const layout = new Layout(graph, heads, groups);
    const dc = layout.splitQuery(dContext.name);
    const dropped = (x: string) => (dropoutMask ? graph.node('Mul', [x, dropoutMask.name]) : x);
    const dProbabilities = dropped(layout.byHead(graph.node('FusedMatMul', [dc, layout.split(value.name)], { transB: 1 })));
    const weighted = graph.node('Mul', [dProbabilities, p.name]);
    const total = graph.node('ReduceSum', [weighted, graph.integers([3])], { keepdims: 1 });
    const dScores = graph.node('Sub', [weighted, graph.node('Mul', [p.name, total])]);
    const dProducts = layout.byGroup(dScores);
    return [
      layout.join(layout.byHead(graph.node('FusedMatMul', [dProducts, layout.split(key.name)], { alpha }))),
      layout.join(graph.node('FusedMatMul', [dProducts, layout.splitQuery(query.name)], { transA: 1, alpha })),
      layout.join(graph.node('FusedMatMul', [layout.byGroup(dropped(p.name)), dc], { transA: 1 })),
      ...(attributes.withBias ? [dScores] : []),
    ];
  },
};

/** Attention of @unmask/tensor-core; the contracts are in its README. */
export const attention: Readonly<Record<string, Lowering>> = {
  UnmaskAttention: ATTENTION,
  UnmaskAttentionGradient: ATTENTION_GRADIENT,
};
