import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device, HostArray } from '../devices/device.js';
import { DeferredKernels, type DeferredGraphs, type DeferredStatistics } from '../graphs/deferred-kernels.js';
import type { KernelCall } from '../graphs/kernel-call.js';
import { SingleKernels } from '../graphs/single-kernels.js';
import type { TensorStore } from '../graphs/tensor-store.js';

export type DataId = TensorInfo['dataId'];

/** tfjs's own cpu backend, whose heavy kernels run on a device (see kernels.ts). Everything is synchronous. */
export abstract class DeviceBackend<Memory extends object, Kind extends Device<Memory> = Device<Memory>> extends MathBackendCPU implements TensorStore<Memory> {
  readonly device: Kind;
  readonly #single: SingleKernels<Memory>;
  readonly #graphs: DeferredGraphs<Memory> = new Map();
  /** Set while kernels are collected. */
  #deferred: DeferredKernels<Memory> | undefined;

  constructor(device: Kind) {
    super();
    this.device = device;
    this.#single = new SingleKernels(this);
    // tfjs's advice to install tfjs-node at first use does not apply.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** Runs a kernel, or notes it for later inside of {@link defer}. */
  run(call: KernelCall): TensorInfo[] {
    if (!this.#deferred) return this.#single.run(call);
    if (this.#single.blockOf(call) === undefined) return this.#deferred.add(call);
    this.settle(call.inputs, `${call.kernelName} runs in blocks of rows`);
    return this.#single.run(call);
  }

  /**
   * Runs `work`, collecting its kernels: they run, many as one graph, when their values are wanted, or at the end.
   * @param work synchronous
   */
  defer<T>(work: () => T, statistics: DeferredStatistics): T {
    if (this.#deferred) return work();
    const deferred = (this.#deferred = new DeferredKernels(this, this.#graphs, statistics));
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

  /** Makes the inputs of a cpu kernel readable for it. @param kernelName who reads them */
  abstract toHost(inputs: readonly (TensorInfo | undefined)[], kernelName: string): void;

  /** Makes a cpu kernel's result independent of its inputs' memory, where that may be used again. */
  abstract fromHost(outputs: readonly TensorInfo[], inputs: readonly (TensorInfo | undefined)[]): void;

  holds(dataId: DataId): boolean {
    return this.data.has(dataId);
  }

  abstract memoryOf(dataId: DataId, type: 'float32' | 'int32'): Memory | HostArray;

  abstract makeResult(shape: readonly number[], memory?: Memory): TensorInfo;

  abstract setMemory(dataId: DataId, memory: Memory): void;

  /** Computes what is deferred and reads or gives this tensor, before somebody reads or writes its values. */
  protected settleAround(dataId: DataId): void {
    if (this.#deferred?.concerns(dataId)) this.#deferred.flush('values are read');
  }

  /** Takes back a freed tensor's memory, as soon as no deferred kernel reads it. */
  protected releaseMemory(dataId: DataId, memory: Memory): void {
    if (this.#deferred?.concerns(dataId)) this.#deferred.hold(memory);
    else this.device.release(memory);
  }
}
