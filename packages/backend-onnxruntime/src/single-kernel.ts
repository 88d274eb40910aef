import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from './backend.js';
import { elementType, keyOf, shapesOf, type KernelCall } from './kernel-call.js';
import { GraphBuilder } from './onnx/graph.js';
import { Session, type SessionTensor } from './session.js';

/** A compiled kernel and the names of its results. */
interface Compiled {
  readonly session: Session;
  readonly results: readonly string[];
}

/** Compiled graphs of single kernels, by {@link keyOf}. */
const cache = new Map<string, Compiled>();

/** Elements of a block of rows: what a kernel puts in between then stays in the processor's cache, and takes no memory of note. */
const BLOCK = 2 ** 19;

/** Runs one kernel now. */
export function runKernel(call: KernelCall, backend: OnnxruntimeBackend): TensorInfo[] {
  const { lowering, inputs, attributes } = call;
  const { session, results } = compiled(call);
  const feeds: SessionTensor[] = [];
  inputs.forEach((input, index) => {
    if (!input) return;
    const type = input.dtype as 'float32' | 'int32';
    feeds.push({ name: lowering.inputs[index], type, data: backend.typedValues(input.dataId, type), shape: input.shape });
  });
  const outputs = lowering.shapes(shapesOf(call), attributes).map((shape) => backend.allocate(shape));
  const fetches = outputs.map(({ info, values }, index): SessionTensor => ({ name: results[index], type: 'float32', data: values, shape: info.shape }));
  const [rows, atOnce] = blocksOf(call);
  if (atOnce >= rows) session.run(feeds, fetches);
  else for (let row = 0; row < rows; row += atOnce) session.run(rowsOf(feeds, row, row + atOnce), rowsOf(fetches, row, row + atOnce));
  return outputs.map(({ info }) => info);
}

/** How many rows a call is computed in, and how many of them at a time. */
export function blocksOf({ lowering, inputs: [first] }: KernelCall): [rows: number, atOnce: number] {
  if (!lowering.rowwise) return [1, 1];
  const [rows, ...rest] = first!.shape;
  return [rows, Math.max(1, Math.floor(BLOCK / util.sizeFromShape(rest)))];
}

/** Some rows of each tensor, in the same memory. */
function rowsOf(tensors: readonly SessionTensor[], from: number, to: number): SessionTensor[] {
  return tensors.map(({ data, shape: [rows, ...rest], ...others }) => {
    const [size, end] = [data.length / rows, Math.min(rows, to)];
    return { ...others, data: data.subarray(from * size, end * size), shape: [end - from, ...rest] };
  });
}

/** The graph of one kernel, compiled once. */
function compiled(call: KernelCall): Compiled {
  const key = keyOf(call);
  const known = cache.get(key);
  if (known) return known;
  const { lowering, attributes } = call;
  const shapes = shapesOf(call);
  const graph = new GraphBuilder();
  const operands = shapes.map((shape, index) => {
    const name = lowering.inputs[index];
    return shape && { name: graph.input(name, elementType(lowering, name), shape.length), shape };
  });
  const results = lowering.build(graph, operands, attributes);
  lowering.shapes(shapes, attributes).forEach((shape, index) => graph.output(results[index], shape.length));
  const fresh = { session: new Session(graph), results };
  cache.set(key, fresh);
  return fresh;
}
