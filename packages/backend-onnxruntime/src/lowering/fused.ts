import type { GraphBuilder } from '../onnx/graph.js';
import type { Lowering, Operand } from './lowering.js';

/** y = x·Wᵀ + b in one pass over y: Gemm starts from the bias. */
const LINEAR: Lowering = {
  inputs: ['x', 'weight', 'bias'],
  shapes: ([x, weight]) => [[x![0], weight![0]]],
  build: (graph, [x, weight, bias]) => [
    graph.node('Gemm', [x!.name, weight!.name, ...(bias ? [bias.name] : [])], { transB: 1 }),
  ],
};

const LAYER_NORM: Lowering = {
  inputs: ['x', 'weight', 'bias'],
  shapes: ([x]) => [x!, [x![0], 1], [x![0], 1]],
  key: (_, { epsilon }) => String(epsilon),
  build: (graph, [x, weight, bias], { epsilon }) =>
    graph.nodes('LayerNormalization', [x!.name, weight!.name, bias!.name], { axis: -1, epsilon: { float: epsilon as number } }, 3),
};

/** dx = (g − mean(g) − x̂·mean(g·x̂))·σ⁻¹ with g = dy·w and x̂ = (x − mean)·σ⁻¹. */
const LAYER_NORM_GRADIENT: Lowering = {
  inputs: ['dy', 'x', 'weight', 'mean', 'inverseStandardDeviation'],
  shapes: ([dy, , weight]) => [dy!, weight!, weight!],
  build: (graph, inputs) => {
    const [dy, x, weight, mean, inverse] = inputs.map((input) => input!.name) as [string, string, string, string, string];
    const rowMean = (value: string) => graph.node('ReduceMean', [value], { axes: [1], keepdims: 1 });
    const columnSum = (value: string) => graph.node('ReduceSum', [value, graph.integers([0])], { keepdims: 0 });
    const normal = graph.node('Mul', [graph.node('Sub', [x, mean]), inverse]);
    const g = graph.node('Mul', [dy, weight]);
    const projection = graph.node('Mul', [normal, rowMean(graph.node('Mul', [g, normal]))]);
    const centred = graph.node('Sub', [graph.node('Sub', [g, rowMean(g)]), projection]);
    return [graph.node('Mul', [centred, inverse]), columnSum(graph.node('Mul', [dy, normal])), columnSum(dy)];
  },
};

const GELU: Lowering = {
  inputs: ['x'],
  shapes: ([x]) => [x!],
  build: (graph, [x]) => [graph.node('Gelu', [x!.name])],
};

/** dx = dy·(Φ(x) + x·φ(x)). */
const GELU_GRADIENT: Lowering = {
  inputs: ['dy', 'x'],
  shapes: ([dy]) => [dy!],
  build: (graph, [dy, x]) => {
    const scaled = (value: string, factor: number) => graph.node('Mul', [value, graph.scalar(factor)]);
    const half = graph.scalar(0.5);
    const cumulative = graph.node('Add', [graph.node('Mul', [graph.node('Erf', [scaled(x!.name, Math.SQRT1_2)]), half]), half]);
    const root = scaled(x!.name, Math.SQRT1_2);
    const density = graph.node('Exp', [graph.node('Neg', [graph.node('Mul', [root, root])])]);
    const slope = graph.node('Add', [cumulative, scaled(graph.node('Mul', [x!.name, density]), 1 / Math.sqrt(2 * Math.PI))]);
    return [graph.node('Mul', [dy!.name, slope])];
  },
};

/** [b, t, h·d] → [b, h, t, d] */
function splitHeads(graph: GraphBuilder, value: string, heads: number): string {
  return graph.node('Transpose', [graph.node('Reshape', [value, graph.integers([0, 0, heads, -1])])], { perm: [0, 2, 1, 3] });
}

/** [b, h, t, d] → [b, t, h·d] */
function joinHeads(graph: GraphBuilder, value: string): string {
  return graph.node('Reshape', [graph.node('Transpose', [value], { perm: [0, 2, 1, 3] }), graph.integers([0, 0, -1])]);
}

/** 1/√d for inputs [b, t, h·d]. */
const attentionScale = (query: readonly number[], heads: number) => 1 / Math.sqrt(query[2] / heads);

/** The scale is a constant of the graph, so the head size belongs to the key. */
const attentionKey: NonNullable<Lowering['key']> = (inputs, { heads }) => `${heads as number}/${inputs.at(1)![2]}`;

const ATTENTION: Lowering = {
  inputs: ['query', 'key', 'value', 'mask', 'dropoutMask'],
  shapes: ([query, key], { heads }) => [query!, [query![0], heads as number, query![1], key![1]]],
  key: attentionKey,
  build: (graph, inputs, attributes) => {
    const [query, key, value, mask, dropoutMask] = inputs as [Operand, Operand, Operand, Operand?, Operand?];
    const heads = attributes.heads as number;
    const [q, k, v] = [query, key, value].map((input) => splitHeads(graph, input.name, heads)) as [string, string, string];
    const scores = graph.node('FusedMatMul', [q, k], { transB: 1, alpha: { float: attentionScale(query.shape, heads) } });
    const probabilities = graph.node('Softmax', [mask ? graph.node('Add', [scores, mask.name]) : scores], { axis: -1 });
    const dropped = dropoutMask ? graph.node('Mul', [probabilities, dropoutMask.name]) : probabilities;
    return [joinHeads(graph, graph.node('MatMul', [dropped, v])), probabilities];
  },
};

/** dv = (P·D)ᵀ·dc, dP = (dc·vᵀ)·D, dS = P·(dP − Σ dP·P), dq = dS·k/√d, dk = dSᵀ·q/√d. */
const ATTENTION_GRADIENT: Lowering = {
  inputs: ['dContext', 'query', 'key', 'value', 'probabilities', 'dropoutMask'],
  shapes: ([, query, key, value]) => [query!, key!, value!],
  key: attentionKey,
  build: (graph, inputs, attributes) => {
    const [dContext, query, key, value, p, dropoutMask] = inputs as [Operand, Operand, Operand, Operand, Operand, Operand?];
    const heads = attributes.heads as number;
    const alpha = { float: attentionScale(query.shape, heads) };
    const [dc, q, k, v] = [dContext, query, key, value].map((input) => splitHeads(graph, input.name, heads)) as [string, string, string, string];
    const dropped = (x: string) => (dropoutMask ? graph.node('Mul', [x, dropoutMask.name]) : x);
    const dProbabilities = dropped(graph.node('FusedMatMul', [dc, v], { transB: 1 }));
    const weighted = graph.node('Mul', [dProbabilities, p.name]);
    const total = graph.node('ReduceSum', [weighted, graph.integers([3])], { keepdims: 1 });
    const dScores = graph.node('Sub', [weighted, graph.node('Mul', [p.name, total])]);
    return [
      joinHeads(graph, graph.node('FusedMatMul', [dScores, k], { alpha })),
      joinHeads(graph, graph.node('FusedMatMul', [dScores, q], { transA: 1, alpha })),
      joinHeads(graph, graph.node('FusedMatMul', [dropped(p.name), dc], { transA: 1 })),
    ];
  },
};

/** Kernels of @unmask/tensor-core that stand for a whole operation; their contracts are in its README. */
export const fused: Readonly<Record<string, Lowering>> = {
  UnmaskLinear: LINEAR,
  UnmaskLayerNorm: LAYER_NORM,
  UnmaskLayerNormGradient: LAYER_NORM_GRADIENT,
  UnmaskGelu: GELU,
  UnmaskGeluGradient: GELU_GRADIENT,
  UnmaskAttention: ATTENTION,
  UnmaskAttentionGradient: ATTENTION_GRADIENT,
};
