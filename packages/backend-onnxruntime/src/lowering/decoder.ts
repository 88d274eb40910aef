import type { Lowering } from './lowering.js';

const RMS_NORM: Lowering = {
  inputs: ['x', 'weight'],
  shapes: ([x]) => [x!, [x![0], 1]],
  key: (_, { epsilon }) => String(epsilon),
  build: (graph, [x, weight], { epsilon }) =>
    graph.nodes('SimplifiedLayerNormalization', [x!.name, weight!.name], { axis: -1, epsilon: { float: epsilon as number } }, 2),
};

/** dx = r·(g − x̂·mean(g·x̂)) with g = dy·w and x̂ = x·r. */
const RMS_NORM_GRADIENT: Lowering = {
  inputs: ['dy', 'x', 'weight', 'inverseRoot'],
  shapes: ([dy, , weight]) => [dy!, weight!],
  build: (graph, inputs) => {
    const [dy, x, weight, inverse] = inputs.map((input) => input!.name) as [string, string, string, string];
    const normal = graph.node('Mul', [x, inverse]);
    const g = graph.node('Mul', [dy, weight]);
    const projection = graph.node('ReduceMean', [graph.node('Mul', [g, normal])], { axes: [1], keepdims: 1 });
    const dx = graph.node('Mul', [graph.node('Sub', [g, graph.node('Mul', [normal, projection])]), inverse]);
    return [dx, graph.node('ReduceSum', [graph.node('Mul', [dy, normal]), graph.integers([0])], { keepdims: 0 })];
  },
};

/** onnxruntime's operator takes the first position of each sequence, here always 0, and tables of the angles. */
const ROTARY: Lowering = {
  inputs: ['x', 'cos', 'sin'],
  shapes: ([x]) => [x!],
  build: (graph, [x, cos, sin]) => [graph.node('RotaryEmbedding', [x!.name, graph.integers([0]), cos!.name, sin!.name])],
};

/** silu is x·σ(1·x), which onnxruntime has as QuickGelu. */
const SWI_GLU: Lowering = {
  inputs: ['gate', 'up'],
  shapes: ([gate]) => [gate!],
  build: (graph, [gate, up]) => [graph.node('Mul', [graph.node('QuickGelu', [gate!.name], { alpha: { float: 1 } }), up!.name])],
};

/** dGate = dy·up·σ·(1 + g·(1 − σ)) = dy·up·(σ + s·(1 − σ)) and dUp = dy·s, with s = g·σ. */
const SWI_GLU_GRADIENT: Lowering = {
  inputs: ['dy', 'gate', 'up'],
  shapes: ([dy]) => [dy!, dy!],
  build: (graph, inputs) => {
    const [dy, gate, up] = inputs.map((input) => input!.name) as [string, string, string];
    const sigmoid = graph.node('Sigmoid', [gate]);
    const silu = graph.node('Mul', [gate, sigmoid]);
    const slope = graph.node('Add', [sigmoid, graph.node('Mul', [silu, graph.node('Sub', [graph.scalar(1), sigmoid])])]);
    return [graph.node('Mul', [graph.node('Mul', [dy, up]), slope]), graph.node('Mul', [dy, silu])];
  },
};

const GELU_TANH: Lowering = {
  inputs: ['x'],
  shapes: ([x]) => [x!],
  build: (graph, [x]) => [graph.node('FastGelu', [x!.name])],
};

/** dx = ½dy·(1 + t + x·(1 − t²)·√(2/π)·(1 + 3·0.044715·x²)), t = tanh(√(2/π)·x·(1 + 0.044715·x²)). */
const GELU_TANH_GRADIENT: Lowering = {
  inputs: ['dy', 'x'],
  shapes: ([dy]) => [dy!],
  build: (graph, [dy, x]) => {
    const [one, half, root] = [1, 0.5, Math.sqrt(2 / Math.PI)].map((value) => graph.scalar(value));
    const multiply = (left: string, right: string) => graph.node('Mul', [left, right]);
    const scaled = multiply(x!.name, root);
    const cube = multiply(multiply(x!.name, x!.name), graph.scalar(0.044715));
    const t = graph.node('Tanh', [multiply(scaled, graph.node('Add', [one, cube]))]);
    const innerSlope = multiply(scaled, graph.node('Add', [one, multiply(cube, graph.scalar(3))]));
    const curved = multiply(graph.node('Sub', [one, multiply(t, t)]), innerSlope);
    return [multiply(multiply(dy!.name, half), graph.node('Add', [graph.node('Add', [one, t]), curved]))];
  },
};

/** What decoders compute beside matrix products and attention; the contracts are in the README of @unmask/tensor-core. */
export const decoder: Readonly<Record<string, Lowering>> = {
  UnmaskRmsNorm: RMS_NORM,
  UnmaskRmsNormGradient: RMS_NORM_GRADIENT,
  UnmaskRotary: ROTARY,
  UnmaskSwiGlu: SWI_GLU,
  UnmaskSwiGluGradient: SWI_GLU_GRADIENT,
  UnmaskGeluTanh: GELU_TANH,
  UnmaskGeluTanhGradient: GELU_TANH_GRADIENT,
};
