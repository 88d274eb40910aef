import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { HostDevice } from '../devices/host/host-device.js';
import type { PoolStatistics } from '../devices/host/pool.js';
import { DeviceBackend, type DataId } from './device-backend.js';

/** The backend of devices that compute in host memory, which is used again: cpu kernels and sessions read and write the same arrays. */
export class OnnxruntimeBackend extends DeviceBackend<Float32Array, HostDevice> {
  /** What people should know of the device, in a few words. */
  readonly note: string | undefined;

  constructor(device: HostDevice, note?: string) {
    super(device);
    this.note = note;
  }

  /** A tensor of this engine's own memory, with arbitrary content. */
  allocate(shape: readonly number[]): { info: TensorInfo; values: Float32Array } {
    const values = this.device.allocate(shape);
    return { info: this.makeResult(shape, values), values };
  }

  /**
   * The live memory of a float32 tensor, to be read or written at once and not kept. Unlike `dataSync`, which gives the
   * array away, it leaves the memory eligible for reuse.
   */
  borrow(dataId: DataId): Float32Array {
    // Whoever borrows may write: what is deferred and reads the old values comes first.
    this.settleAround(dataId);
    return this.memoryOf(dataId, 'float32') as Float32Array;
  }

  /** The live memory as the array type that onnxruntime expects: some cpu kernels leave integers in a float32 tensor. */
  memoryOf(dataId: DataId, type: 'float32' | 'int32'): Float32Array | Int32Array {
    const entry = this.data.get(dataId);
    const Typed = type === 'float32' ? Float32Array : Int32Array;
    if (!(entry.values instanceof Typed)) entry.values = Typed.from(entry.values as ArrayLike<number>);
    if (entry.values instanceof Float32Array) entry.values = this.device.upload(entry.values);
    return entry.values;
  }

  makeResult(shape: readonly number[], memory?: Float32Array): TensorInfo {
    return this.makeTensorInfo([...shape], 'float32', memory);
  }

  setMemory(dataId: DataId, memory: Float32Array): void {
    this.data.get(dataId).values = memory;
  }

  toHost(inputs: readonly (TensorInfo | undefined)[], kernelName: string): void {
    this.settle(inputs, `${kernelName} runs on the host`);
  }

  /** A few cpu kernels (Slice) return a view, which must not outlive the memory's reuse. */
  fromHost(outputs: readonly TensorInfo[], inputs: readonly (TensorInfo | undefined)[]): void {
    for (const { dataId } of outputs) {
      const entry = this.data.get(dataId);
      const isView = entry.values instanceof Float32Array && this.device.pool.owns(entry.values);
      if (isView && !inputs.some((input) => input?.dataId === dataId)) entry.values = (entry.values as Float32Array).slice();
    }
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    this.settleAround(dataId);
    const { values, dtype } = this.data.get(dataId);
    return dtype === 'float32' && values instanceof Float32Array ? this.device.download(values) : super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const disposed = super.disposeData(dataId, force);
    if (disposed && entry?.values instanceof Float32Array) this.releaseMemory(dataId, entry.values);
    return disposed;
  }

  /** What waits for reuse and how often it was reused. */
  get poolStatistics(): PoolStatistics {
    return this.device.pool.statistics;
  }
}
