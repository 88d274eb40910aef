import type { Lowering } from './lowering.js';

/** y = x·Wᵀ + b, or x·W + b, in one pass over y: Gemm starts from the bias. */
const LINEAR: Lowering = {
  inputs: ['x', 'weight', 'bias'],
  shapes: ([x, weight], { transposed }) => [[x![0], weight![transposed ? 1 : 0]]],
  key: (_, { transposed }) => String(transposed),
  build: (graph, [x, weight, bias], { transposed }) => [
    graph.node('Gemm', [x!.name, weight!.name, ...(bias ? [bias.name] : [])], { transB: transposed ? 0 : 1 }),
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

/** ln Σ exp(x) = m + ln Σ exp(x − m) of each row, m its maximum. onnxruntime's ReduceLogSumExp is slower and adds up in one chain, which costs digits. */
const LOG_SUM_EXP: Lowering = {
  inputs: ['x'],
  rowwise: true,
  shapes: ([x]) => [[x![0], 1]],
  build: (graph, [x]) => {
    const maximum = graph.node('ReduceMax', [x!.name], { axes: [1], keepdims: 1 });
    const exponentials = graph.node('Exp', [graph.node('Sub', [x!.name, maximum])]);
    return [graph.node('Add', [maximum, graph.node('Log', [graph.node('ReduceSum', [exponentials, graph.integers([1])], { keepdims: 1 })])])];
  },
};

/** softmax(x)·scale, the normalizer being known. */
const SCALED_SOFTMAX: Lowering = {
  inputs: ['x', 'logNormalizer', 'scale'],
  rowwise: true,
  shapes: ([x]) => [x!],
  build: (graph, [x, logNormalizer, scale]) => [
    graph.node('Mul', [graph.node('Exp', [graph.node('Sub', [x!.name, logNormalizer!.name])]), scale!.name]),
  ],
};

/** Kernels of @unmask/tensor-core that stand for a whole operation; their contracts are in its README. */
export const fused: Readonly<Record<string, Lowering>> = {
  UnmaskLinear: LINEAR,
  UnmaskLayerNorm: LAYER_NORM,
  UnmaskLayerNormGradient: LAYER_NORM_GRADIENT,
  UnmaskGelu: GELU,
  UnmaskGeluGradient: GELU_GRADIENT,
  UnmaskLogSumExp: LOG_SUM_EXP,
  UnmaskScaledSoftmax: SCALED_SOFTMAX,
};
