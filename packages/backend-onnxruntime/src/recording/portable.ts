import type { Attribute } from '../onnx/content.js';
import { GraphBuilder } from '../onnx/graph.js';

type Attributes = Readonly<Record<string, Attribute>>;

/** An operator in terms of others. @returns the names of its results */
type Composition = (graph: GraphBuilder, inputs: readonly string[], attributes: Attributes) => string[];

const floatOf = (attribute: Attribute | undefined, fallback: number) => (typeof attribute === 'object' && 'float' in attribute ? attribute.float : fallback);

/** The last two axes change places. Lowerings give it values of rank 4, and matrices. */
const transposed = (graph: GraphBuilder, value: string, wanted: unknown, rank: number) => (wanted ? graph.node('Transpose', [value], { perm: rank === 2 ? [1, 0] : [0, 1, 3, 2] }) : value);

/** ½x·(1 + erf(x/√2)) */
const GELU: Composition = (graph, [x]) => {
  const error = graph.node('Erf', [graph.node('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
  return [graph.node('Mul', [graph.node('Mul', [x, graph.node('Add', [error, graph.scalar(1)])]), graph.scalar(0.5)])];
};

/** ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) */
const FAST_GELU: Composition = (graph, [x]) => {
  const multiply = (left: string, right: string) => graph.node('Mul', [left, right]);
  const cube = multiply(multiply(multiply(x, x), x), graph.scalar(0.044715));
  const tanh = graph.node('Tanh', [multiply(graph.node('Add', [x, cube]), graph.scalar(Math.sqrt(2 / Math.PI)))]);
  return [multiply(multiply(x, graph.node('Add', [tanh, graph.scalar(1)])), graph.scalar(0.5))];
};

/** x·σ(αx) */
const QUICK_GELU: Composition = (graph, [x], { alpha }) => {
  const factor = floatOf(alpha, 1.702);
  return [graph.node('Mul', [x, graph.node('Sigmoid', [factor === 1 ? x : graph.node('Mul', [x, graph.scalar(factor)])])])];
};

/** x/√(mean(x²) + ε)·w, and the inverse root. */
const RMS_NORM: Composition = (graph, [x, weight], { epsilon }) => {
  const mean = graph.node('ReduceMean', [graph.node('Mul', [x, x])], { axes: [-1], keepdims: 1 });
  const inverse = graph.node('Reciprocal', [graph.node('Sqrt', [graph.node('Add', [mean, graph.scalar(floatOf(epsilon, 1e-5))])])]);
  return [graph.node('Mul', [graph.node('Mul', [x, inverse]), weight]), inverse];
};

const FUSED_MATMUL: Composition = (graph, [a, b], { transA, transB, alpha }) => {
  const product = graph.node('MatMul', [transposed(graph, a, transA, 4), transposed(graph, b, transB, 4)]);
  const factor = floatOf(alpha, 1);
  return [factor === 1 ? product : graph.node('Mul', [product, graph.scalar(factor)])];
};

/** onnxruntime's own operators in terms of ONNX's, which every runtime has; onnxruntime finds them in these again. */
const COMPOSITIONS: Readonly<Record<string, Composition>> = {
  FastGelu: FAST_GELU,
  FusedMatMul: FUSED_MATMUL,
  Gelu: GELU,
  QuickGelu: QUICK_GELU,
  SimplifiedLayerNormalization: RMS_NORM,
};

/** Builds a graph of ONNX's operators alone. */
export class PortableGraphBuilder extends GraphBuilder {
  override nodes(operator: string, inputs: readonly string[], attributes: Attributes, count: number): string[] {
    return COMPOSITIONS[operator]?.(this, inputs, attributes) ?? super.nodes(operator, inputs, attributes, count);
  }
}
