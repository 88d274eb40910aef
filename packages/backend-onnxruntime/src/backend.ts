import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { BufferPool, type PoolStatistics } from './pool.js';

type DataId = TensorInfo['dataId'];

/** Bytes of freed tensors that may wait for reuse however little is in use at once: room for batches of changing lengths. */
const POOL_MINIMUM = 2 ** 29;

/**
 * tfjs's own cpu backend, whose heavy kernels run on onnxruntime (see kernels.ts) and whose memory is reused.
 * Everything is synchronous and in host memory.
 */
export class OnnxruntimeBackend extends MathBackendCPU {
  readonly #pool = new BufferPool(POOL_MINIMUM);

  constructor() {
    super();
    // tfjs's advice to install tfjs-node at first use does not apply.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** A tensor of this engine's own memory, with arbitrary content. */
  allocate(shape: readonly number[]): { info: TensorInfo; values: Float32Array } {
    const values = this.#pool.allocate(shape.reduce((product, length) => product * length, 1));
    return { info: this.makeTensorInfo([...shape], 'float32', values), values };
  }

  /**
   * The live memory of a float32 tensor, to be read or written at once and not kept. Unlike `dataSync`, which gives the
   * array away, it leaves the memory eligible for reuse.
   */
  borrow(dataId: DataId): Float32Array {
    return this.typedValues(dataId, 'float32') as Float32Array;
  }

  /** The live memory as the array type that onnxruntime expects: some cpu kernels leave integers in a float32 tensor. */
  typedValues(dataId: DataId, type: 'float32' | 'int32'): Float32Array | Int32Array {
    const entry = this.data.get(dataId);
    const Typed = type === 'float32' ? Float32Array : Int32Array;
    if (!(entry.values instanceof Typed)) entry.values = Typed.from(entry.values as ArrayLike<number>);
    return entry.values;
  }

  /** Whether a kernel's result lies in memory that belongs to another tensor of this engine. */
  isShared(info: TensorInfo, inputs: readonly (TensorInfo | undefined)[]): boolean {
    const values = this.data.get(info.dataId).values;
    if (!(values instanceof Float32Array) || !this.#pool.owns(values)) return false;
    return !inputs.some((input) => input?.dataId === info.dataId);
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    const { values } = this.data.get(dataId);
    if (values instanceof Float32Array) this.#pool.surrender(values);
    return super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const disposed = super.disposeData(dataId, force);
    if (disposed && entry?.values instanceof Float32Array) this.#pool.release(entry.values);
    return disposed;
  }

  /** What waits for reuse and how often it was reused. */
  get poolStatistics(): PoolStatistics {
    return this.#pool.statistics;
  }
}
