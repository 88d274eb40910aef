import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { DeferredKernels, type DeferredStatistics } from './deferred-kernels.js';
import type { KernelCall } from './kernel-call.js';
import { BufferPool, type PoolStatistics } from './pool.js';
import { blocksOf, runKernel } from './single-kernel.js';

type DataId = TensorInfo['dataId'];

/**
 * tfjs's own cpu backend, whose heavy kernels run on onnxruntime (see kernels.ts) and whose memory is reused.
 * Everything is synchronous and in host memory.
 */
export class OnnxruntimeBackend extends MathBackendCPU {
  readonly #pool = new BufferPool();
  /** Set while kernels are collected. */
  #deferred: DeferredKernels | undefined;

  constructor() {
    super();
    // tfjs's advice to install tfjs-node at first use does not apply.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** A tensor of this engine's own memory, with arbitrary content. */
  allocate(shape: readonly number[]): { info: TensorInfo; values: Float32Array } {
    const values = this.allocateValues(shape);
    return { info: this.makeTensorInfo([...shape], 'float32', values), values };
  }

  /** Memory for a tensor of this engine. */
  allocateValues(shape: readonly number[]): Float32Array {
    return this.#pool.allocate(shape.reduce((product, length) => product * length, 1));
  }

  /** Takes back the memory of tensors that are freed. */
  releaseValues(arrays: readonly Float32Array[]): void {
    for (const values of arrays) this.#pool.release(values);
  }

  /** Runs a kernel, or notes it for later inside of {@link defer}. */
  run(call: KernelCall): TensorInfo[] {
    if (!this.#deferred) return runKernel(call, this);
    const [rows, atOnce] = blocksOf(call);
    if (atOnce >= rows) return this.#deferred.add(call);
    this.settle(call.inputs, `${call.kernelName} runs in blocks of rows`);
    return runKernel(call, this);
  }

  /**
   * Runs `work`, collecting its kernels: they run, many as one graph, when their values are wanted, or at the end.
   * @param work synchronous
   */
  defer<T>(work: () => T, statistics: DeferredStatistics): T {
    if (this.#deferred) return work();
    const deferred = (this.#deferred = new DeferredKernels(this, statistics));
    try {
      return work();
    } finally {
      this.#deferred = undefined;
      deferred.flush('the end');
    }
  }

  /** Computes what is still deferred of some tensors. @param reason who cannot wait */
  settle(tensors: readonly (TensorInfo | undefined)[], reason: string): void {
    if (this.#deferred && tensors.some((tensor) => tensor && this.#deferred!.owes(tensor.dataId))) this.#deferred.flush(reason);
  }

  /**
   * The live memory of a float32 tensor, to be read or written at once and not kept. Unlike `dataSync`, which gives the
   * array away, it leaves the memory eligible for reuse.
   */
  borrow(dataId: DataId): Float32Array {
    // Whoever borrows may write: what is deferred and reads the old values comes first.
    if (this.#deferred?.concerns(dataId)) this.#deferred.flush('values are read');
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
    if (this.#deferred?.concerns(dataId)) this.#deferred.flush('values are read');
    const { values } = this.data.get(dataId);
    if (values instanceof Float32Array) this.#pool.surrender(values);
    return super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const disposed = super.disposeData(dataId, force);
    if (disposed && entry?.values instanceof Float32Array) {
      if (this.#deferred?.concerns(dataId)) this.#deferred.hold(entry.values);
      else this.#pool.release(entry.values);
    }
    return disposed;
  }

  /** What waits for reuse and how often it was reused. */
  get poolStatistics(): PoolStatistics {
    return this.#pool.statistics;
  }
}
