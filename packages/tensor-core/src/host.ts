import { tf } from './tf.js';

/** What the engines that keep tensors in host memory offer for reading them without a copy. */
interface HostBackend {
  readonly data?: { has(dataId: object): boolean };
  /** backend-onnxruntime: the live array, still eligible for reuse once its tensor is freed. */
  borrow?(dataId: object): Float32Array;
  /** backend-onnxruntime: a tensor of the engine's own reusable memory, with arbitrary content. */
  allocate?(shape: readonly number[]): { info: tf.TensorInfo; values: Float32Array };
  /** tfjs-backend-wasm: a view of the wasm heap. */
  typedArrayFromHeap?(tensor: tf.TensorInfo): Float32Array;
  /** tfjs-node and tfjs-node-gpu: whether TensorFlow found a graphics card. */
  readonly isUsingGpuDevice?: boolean;
}

const hostBackend = () => tf.backend() as unknown as HostBackend;

/**
 * The live memory of a float32 tensor when its engine computes in host memory (cpu, wasm, onnxruntime), or undefined.
 * Valid until the next tensor operation: never keep it.
 */
export function hostMemory(tensor: tf.Tensor): Float32Array | undefined {
  const backend = hostBackend();
  if (backend.data?.has(tensor.dataId) === false) return undefined;
  if (backend.borrow) return backend.borrow(tensor.dataId);
  if (backend.typedArrayFromHeap) return backend.typedArrayFromHeap(tensor);
  return tf.getBackend() === 'cpu' ? (tensor.dataSync() as Float32Array) : undefined;
}

/** A float32 tensor's values for reading at once: its live memory where the engine has it, else a copy. Never keep or write it. */
export function hostValues(tensor: tf.Tensor): Float32Array {
  return hostMemory(tensor) ?? (tensor.dataSync() as Float32Array);
}

/**
 * The values of several float32 tensors for reading at once, as {@link hostValues} gives them: on engines with memory of their
 * own, by one download for all. Never keep or write the arrays.
 */
export function readTogether(tensors: readonly tf.Tensor[]): Float32Array[] {
  if (tensors.length < 2 || tensors.every((tensor) => isNearHost(tensor))) return tensors.map(hostValues);
  const all = tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]))).dataSync<'float32'>());
  let end = 0;
  return tensors.map(({ size }) => all.subarray(end, (end += size)));
}

/**
 * Whether reading a float32 tensor costs at most a copy within the computer's memory, so that a pass over all its values is
 * better made here than by the engine: true where there is {@link hostMemory}, and for tfjs-node on a processor.
 */
export function isNearHost(tensor: tf.Tensor): boolean {
  return hostBackend().isUsingGpuDevice === false || hostMemory(tensor) !== undefined;
}

/**
 * A float32 tensor whose values are computed here, in memory that the engine uses again where it has such: fresh memory
 * costs a page fault each 4 kB, and makes work for the garbage collector.
 * @param fill sets every value; what it is given is not zero
 */
export function filledTensor(shape: readonly number[], fill: (values: Float32Array) => void): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const own = size > 0 ? hostBackend().allocate?.(shape) : undefined;
  const values = own?.values ?? new Float32Array(size);
  fill(values);
  return own ? tf.engine().makeTensorFromTensorInfo(own.info) : tf.tensor(values, [...shape], 'float32');
}

/** Copies of a float32 tensor's values at some flat indices; on engines with memory of their own, only these are downloaded. */
export function hostEntries(tensor: tf.Tensor, indices: Int32Array): Float32Array {
  const live = hostMemory(tensor);
  if (live) {
    const values = new Float32Array(indices.length);
    for (let i = 0; i < indices.length; i++) values[i] = live[indices[i]]; // Float32Array.from takes ten times as long
    return values;
  }
  return tf.tidy(() => tf.gather(tf.reshape(tensor, [-1]), tf.tensor1d(indices, 'int32')).dataSync<'float32'>());
}

/** {@link hostEntries} of several tensors: on engines with memory of their own, by one download for all. */
export function entriesTogether(parts: readonly { readonly tensor: tf.Tensor; readonly indices: Int32Array }[]): Float32Array[] {
  if (parts.every(({ tensor }) => isNearHost(tensor))) return parts.map(({ tensor, indices }) => hostEntries(tensor, indices));
  const gathered = tf.tidy(() => parts.map(({ tensor, indices }) => tf.gather(tf.reshape(tensor, [tensor.size]), tf.tensor1d(indices, 'int32'))));
  const values = readTogether(gathered);
  tf.dispose(gathered);
  return values;
}

/**
 * Whether live memory may be written under an existing tensor. tfjs-backend-wasm packs the second factor of a matrix
 * product once and keeps the packed copy by tensor (xnn_matmul in its BatchMatMul), so there a changed weight would go on
 * multiplying with its old values.
 */
export function editableInPlace(): boolean {
  return tf.getBackend() !== 'wasm';
}
