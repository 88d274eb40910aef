import { getKernelsForBackend, type KernelConfig, type KernelFunc, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from './backend.js';
import { LOWERINGS } from './lowering/index.js';
import type { Attributes, Lowering } from './lowering/lowering.js';
import { GraphBuilder } from './onnx/graph.js';
import { Session, type SessionTensor } from './session.js';

/** A compiled kernel and the names of its results. */
interface Compiled {
  readonly session: Session;
  readonly results: readonly string[];
}

/** Compiled graphs by kernel, ranks and whatever else their lowering names. */
const cache = new Map<string, Compiled>();

type Inputs = readonly (TensorInfo | undefined)[];

/** Registers every kernel of tfjs's cpu backend under `backendName`, the lowered ones on onnxruntime. */
export function registerKernels(backendName: string): void {
  for (const config of getKernelsForBackend('cpu')) {
    const lowering = LOWERINGS[config.kernelName];
    const onHost = guarded(config);
    registerKernel({ ...config, backendName, kernelFunc: lowering ? dispatch(config.kernelName, lowering, onHost) : onHost });
  }
  for (const [kernelName, lowering] of Object.entries(LOWERINGS)) {
    if (kernelName.startsWith('Unmask')) {
      registerKernel({ kernelName, backendName, kernelFunc: dispatch(kernelName, lowering, undefined) });
    }
  }
}

/**
 * A cpu kernel whose result never shares memory with an input: a few of them (Slice) return a view, which must not
 * outlive the memory's reuse.
 */
function guarded(config: KernelConfig): KernelFunc {
  return (params) => {
    const backend = params.backend as OnnxruntimeBackend;
    const output = config.kernelFunc(params);
    const inputs = Object.values(params.inputs).flat();
    for (const info of Array.isArray(output) ? output : [output]) {
      if (backend.isShared(info, inputs)) {
        const entry = backend.data.get(info.dataId);
        entry.values = (entry.values as Float32Array).slice();
      }
    }
    return output;
  };
}

/** Runs a kernel on onnxruntime where its operands allow it, else on the host. */
function dispatch(kernelName: string, lowering: Lowering, onHost: KernelFunc | undefined): KernelFunc {
  return (params) => {
    const inputs = lowering.inputs.map((name) => params.inputs[name]);
    const attributes = (params.attrs ?? {}) as Attributes;
    if (onHost && !supported(kernelName, lowering, inputs, attributes)) return onHost(params);
    return execute(kernelName, lowering, inputs, attributes, params.backend as OnnxruntimeBackend);
  };
}

/** Other element types, empty tensors and unusual attributes stay with the cpu kernels. */
function supported(kernelName: string, lowering: Lowering, inputs: Inputs, attributes: Attributes): boolean {
  const typed = inputs.every((input, index) => {
    const expected = lowering.integers?.includes(lowering.inputs[index]) ? 'int32' : 'float32';
    return !input || (input.dtype === expected && !input.shape.includes(0));
  });
  if (!typed) return false;
  if (kernelName === 'GatherV2') return (attributes.axis ?? 0) === 0 && (attributes.batchDims ?? 0) === 0;
  if (kernelName === 'Softmax') return attributes.dim === undefined || attributes.dim === inputs[0]!.shape.length - 1;
  if (kernelName === 'LogSoftmax') return attributes.axis === undefined || attributes.axis === inputs[0]!.shape.length - 1;
  return true;
}

function execute(kernelName: string, lowering: Lowering, inputs: Inputs, attributes: Attributes, backend: OnnxruntimeBackend): TensorInfo[] | TensorInfo {
  const shapes = inputs.map((input) => input?.shape);
  const { session, results } = compiled(kernelName, lowering, shapes, attributes);
  const feeds: SessionTensor[] = [];
  inputs.forEach((input, index) => {
    if (!input) return;
    const type = input.dtype as 'float32' | 'int32';
    feeds.push({ name: lowering.inputs[index], type, data: backend.typedValues(input.dataId, type), shape: input.shape });
  });
  const outputs = lowering.shapes(shapes, attributes).map((shape) => backend.allocate(shape));
  const fetches = outputs.map(({ info, values }, index): SessionTensor => ({ name: results[index], type: 'float32', data: values, shape: info.shape }));
  const [rows, atOnce] = lowering.rowwise ? blocks(feeds[0]) : [1, 1];
  if (atOnce >= rows) session.run(feeds, fetches);
  else for (let row = 0; row < rows; row += atOnce) session.run(rowsOf(feeds, row, row + atOnce), rowsOf(fetches, row, row + atOnce));
  return outputs.length === 1 ? outputs[0].info : outputs.map(({ info }) => info);
}

/** Elements of a block of rows: what a kernel puts in between then stays in the processor's cache, and takes no memory of note. */
const BLOCK = 2 ** 19;

/** How many rows there are, and how many make a block. */
function blocks({ data, shape: [rows] }: SessionTensor): [rows: number, atOnce: number] {
  return [rows, Math.max(1, Math.floor((BLOCK * rows) / data.length))];
}

/** Some rows of each tensor, in the same memory. */
function rowsOf(tensors: readonly SessionTensor[], from: number, to: number): SessionTensor[] {
  return tensors.map(({ data, shape: [rows, ...rest], ...others }) => {
    const [size, end] = [data.length / rows, Math.min(rows, to)];
    return { ...others, data: data.subarray(from * size, end * size), shape: [end - from, ...rest] };
  });
}

/** The graph of one kernel for inputs of these ranks, compiled once. */
function compiled(kernelName: string, lowering: Lowering, shapes: readonly (readonly number[] | undefined)[], attributes: Attributes): Compiled {
  const ranks = shapes.map((shape) => shape?.length ?? '-').join();
  const key = `${kernelName}/${ranks}/${lowering.key?.(shapes, attributes) ?? ''}`;
  const known = cache.get(key);
  if (known) return known;
  const graph = new GraphBuilder();
  const operands = shapes.map((shape, index) => {
    const name = lowering.inputs[index];
    return shape && { name: graph.input(name, lowering.integers?.includes(name) ? 'int32' : 'float32', shape.length), shape };
  });
  const results = lowering.build(graph, operands, attributes);
  lowering.shapes(shapes, attributes).forEach((shape, index) => graph.output(results[index], shape.length));
  const fresh = { session: new Session(graph), results };
  cache.set(key, fresh);
  return fresh;
}
