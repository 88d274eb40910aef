import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device, HostArray } from '../devices/device.js';

/** What running kernels needs of a backend's tensors. */
export interface TensorStore<Memory extends object> {
  readonly device: Device<Memory>;
  /** Whether a tensor is still in use. */
  holds(dataId: TensorInfo['dataId']): boolean;
  /** Where a tensor's values lie. */
  memoryOf(dataId: TensorInfo['dataId'], type: 'float32' | 'int32'): Memory | HostArray;
  /** A float32 tensor; without memory, its values are to come. */
  makeResult(shape: readonly number[], memory?: Memory): TensorInfo;
  /** Gives a tensor its values. */
  setMemory(dataId: TensorInfo['dataId'], memory: Memory): void;
}
