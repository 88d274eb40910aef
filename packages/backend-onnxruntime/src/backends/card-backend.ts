import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { Device, HostArray } from '../devices/device.js';
import { DeviceBackend, type DataId } from './device-backend.js';

/** Elements up to which a tensor that the host made is handed over with each run, instead of having memory on the card. */
const SMALL = 64;

/** The backend of devices with memory of their own: tensors lie there until the host wants them. */
export class CardBackend<Memory extends object, Kind extends Device<Memory>> extends DeviceBackend<Memory, Kind> {
  readonly #memories = new WeakMap<DataId, Memory>();

  memoryOf(dataId: DataId, type: 'float32' | 'int32'): Memory | HostArray {
    const known = this.#memories.get(dataId);
    if (known) return known;
    const entry = this.data.get(dataId);
    const Typed = type === 'float32' ? Float32Array : Int32Array;
    const values = entry.values instanceof Typed ? entry.values : Typed.from(entry.values as ArrayLike<number>);
    if (values instanceof Int32Array || values.length <= SMALL) return values;
    const memory = this.device.upload(values);
    this.#memories.set(dataId, memory);
    entry.values = undefined as unknown as backend_util.BackendValues;
    return memory;
  }

  makeResult(shape: readonly number[], memory?: Memory): TensorInfo {
    const info = this.makeTensorInfo([...shape], 'float32');
    if (memory) this.#memories.set(info.dataId, memory);
    return info;
  }

  setMemory(dataId: DataId, memory: Memory): void {
    this.#memories.set(dataId, memory);
  }

  toHost(inputs: readonly (TensorInfo | undefined)[], kernelName: string): void {
    this.settle(inputs, `${kernelName} runs on the host`);
    for (const input of inputs) {
      const memory = input && this.#memories.get(input.dataId);
      if (memory) this.data.get(input.dataId).values ??= this.device.download(memory);
    }
  }

  fromHost(): void {
    // What cpu kernels make never lies in the card's memory.
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    this.settleAround(dataId);
    const memory = this.#memories.get(dataId);
    return memory ? this.device.download(memory) : super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const disposed = super.disposeData(dataId, force);
    const memory = this.#memories.get(dataId);
    if (disposed && memory) {
      this.#memories.delete(dataId);
      this.releaseMemory(dataId, memory);
    }
    return disposed;
  }
}
