import { tf } from '../tf.js';

/** What is used of tfjs-backend-wasm's backend. */
interface WasmBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

interface SegmentSumParameters {
  readonly inputs: { readonly x: tf.TensorInfo; readonly segmentIds: tf.TensorInfo };
  readonly backend: WasmBackend;
  readonly attrs: { readonly numSegments: number };
}

/**
 * Registers the kernel of training that tfjs's wasm backend lacks: UnsortedSegmentSum, which the gradient of `tf.gather`
 * needs (in functions under `differentiable`, or in code of tfjs's own).
 */
export function registerWasmKernels(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({ kernelName: 'UnsortedSegmentSum', backendName: 'wasm', kernelFunc: unsortedSegmentSum as unknown as tf.KernelFunc });
}

/** x [n, …rest], segmentIds [n] → [numSegments, …rest]; ids outside of the segments are dropped. */
function unsortedSegmentSum({ inputs: { x, segmentIds }, backend, attrs: { numSegments } }: SegmentSumParameters): tf.TensorInfo {
  const output = backend.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
  // Views are taken after the output is made, which can move the heap.
  const [sums, values, ids] = [output, x, segmentIds].map((tensor) => backend.typedArrayFromHeap(tensor));
  const rowSize = values.length / Math.max(1, ids.length);
  sums.fill(0);
  ids.forEach((id, row) => {
    if (id < 0 || id >= numSegments) return;
    for (let column = 0; column < rowSize; column++) sums[id * rowSize + column] += values[row * rowSize + column];
  });
  return output;
}
