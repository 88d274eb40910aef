import type { GraphBuilder } from '../onnx/graph.js';
import { HEADS, Layout } from './layout.js';
import type { Attributes, Lowering, Operand } from './lowering.js';

/** Query heads h, key and value heads g, and the factor of the products, which are constants of the graph. */
const headsOf = ({ heads, keyValueHeads, scale }: Attributes) => ({ heads: heads as number, groups: keyValueHeads as number, scale: scale as number });

const key: NonNullable<Lowering['key']> = (inputs, { heads, keyValueHeads, scale }) => [heads, keyValueHeads, scale, inputs.at(1)![2]].join('/');

/** softmax(s·q·kᵀ + bias + mask), [b, h, t, s] */
function probabilities(graph: GraphBuilder, layout: Layout, query: Operand, key: Operand, scale: number, terms: readonly (Operand | undefined)[]): string {
  const products = layout.byHead(graph.product(layout.splitQuery(query.name), layout.split(key.name), { ranks: HEADS, transposeRight: true, scale }));
  const scores = terms.reduce((sum, term) => (term ? graph.node('Add', [sum, term.name]) : sum), products);
  return graph.node('Softmax', [scores], { axis: -1 });
}

const ATTENTION: Lowering = {
  inputs: ['query', 'key', 'value', 'mask', 'bias', 'dropoutMask'],
  shapes: ([query]) => [query!],
  key,
  build: (graph, inputs, attributes) => {
    const [query, key, value, mask, bias, dropoutMask] = inputs as [Operand, Operand, Operand, Operand?, Operand?, Operand?];
    const { heads, groups, scale } = headsOf(attributes);
    const layout = new Layout(graph, heads, groups);
    const p = probabilities(graph, layout, query, key, scale, [bias, mask]);
    const dropped = dropoutMask ? graph.node('Mul', [p, dropoutMask.name]) : p;
    return [layout.join(layout.byHead(graph.node('MatMul', [layout.byGroup(dropped), layout.split(value.name)])))];
  },
};

/** dv = (P·D)ᵀ·dc, dP = (dc·vᵀ)·D, dS = P·(dP − Σ dP·P), dq = s·dS·k, dk = s·dSᵀ·q, dBias = dS; P is computed again. */
const ATTENTION_GRADIENT: Lowering = {
  inputs: ['dContext', 'query', 'key', 'value', 'mask', 'bias', 'dropoutMask'],
  shapes: ([, query, key, value, , bias]) => [query!, key!, value!, ...(bias ? [bias] : [])],
  key,
  build: (graph, inputs, attributes) => {
    const [dContext, query, key, value, mask, bias, dropoutMask] = inputs as [Operand, Operand, Operand, Operand, Operand?, Operand?, Operand?];
    const { heads, groups, scale } = headsOf(attributes);
    const layout = new Layout(graph, heads, groups);
    const p = probabilities(graph, layout, query, key, scale, [bias, mask]);
    const dc = layout.splitQuery(dContext.name);
    const dropped = (x: string) => (dropoutMask ? graph.node('Mul', [x, dropoutMask.name]) : x);
    const dProbabilities = dropped(layout.byHead(graph.product(dc, layout.split(value.name), { ranks: HEADS, transposeRight: true })));
    const weighted = graph.node('Mul', [dProbabilities, p]);
    const total = graph.node('ReduceSum', [weighted, graph.integers([3])], { keepdims: 1 });
    const dScores = graph.node('Sub', [weighted, graph.node('Mul', [p, total])]);
    const dProducts = layout.byGroup(dScores);
    return [
      layout.join(layout.byHead(graph.product(dProducts, layout.split(key.name), { ranks: HEADS, scale }))),
      layout.join(graph.product(dProducts, layout.splitQuery(query.name), { ranks: HEADS, transposeLeft: true, scale })),
      layout.join(graph.product(layout.byGroup(dropped(p)), dc, { ranks: HEADS, transposeLeft: true })),
      ...(bias ? [dScores] : []),
    ];
  },
};

/** Attention of @unmask/tensor-core; the contracts are in its README. */
export const attention: Readonly<Record<string, Lowering>> = {
  UnmaskAttention: ATTENTION,
  UnmaskAttentionGradient: ATTENTION_GRADIENT,
};
