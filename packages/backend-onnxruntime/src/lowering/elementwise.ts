import { backend_util } from '@tensorflow/tfjs-core';
import type { Lowering } from './lowering.js';

/** tfjs kernels of two operands with broadcasting → ONNX operators. */
const BINARY = { Add: 'Add', Sub: 'Sub', Multiply: 'Mul', RealDiv: 'Div' } as const;
/** tfjs kernels of one operand → ONNX operators. */
const UNARY = { Exp: 'Exp', Log: 'Log', Sqrt: 'Sqrt', Neg: 'Neg', Abs: 'Abs', Tanh: 'Tanh', Sigmoid: 'Sigmoid', Erf: 'Erf', Relu: 'Relu', Reciprocal: 'Reciprocal' } as const;

const binary = (operator: string): Lowering => ({
  inputs: ['a', 'b'],
  shapes: ([a, b]) => [backend_util.assertAndGetBroadcastShape([...a!], [...b!])],
  build: (graph, [a, b]) => [graph.node(operator, [a!.name, b!.name])],
});

const unary = (operator: string): Lowering => ({
  inputs: ['x'],
  shapes: ([x]) => [x!],
  build: (graph, [x]) => [graph.node(operator, [x!.name])],
});

const SQUARE: Lowering = {
  inputs: ['x'],
  shapes: ([x]) => [x!],
  build: (graph, [x]) => [graph.node('Mul', [x!.name, x!.name])],
};

const RSQRT: Lowering = {
  inputs: ['x'],
  shapes: ([x]) => [x!],
  build: (graph, [x]) => [graph.node('Reciprocal', [graph.node('Sqrt', [x!.name])])],
};

/** Element-wise kernels. */
export const elementwise: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.entries(BINARY).map(([kernel, operator]) => [kernel, binary(operator)])),
  ...Object.fromEntries(Object.entries(UNARY).map(([kernel, operator]) => [kernel, unary(operator)])),
  Square: SQUARE,
  Rsqrt: RSQRT,
};
