import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import type { DeviceBackend } from './backends/device-backend.js';
import { registerKernels } from './kernels.js';
import { LOWERINGS } from './lowering/index.js';
import type { Lowering } from './lowering/lowering.js';

/** An engine of this package. */
export interface Engine {
  /** The backend's name within tfjs. */
  readonly name: string;
  /** tfjs's own order, where nobody selects: that of wasm is 2, of tfjs-node 3. */
  readonly priority: number;
  readonly lowerings?: Readonly<Record<string, Lowering>>;
  readonly start: () => DeviceBackend<object> | Promise<DeviceBackend<object>>;
}

/** Makes an engine known to tfjs, once, whatever copies of this package there are (ESM beside CommonJS). */
export function register({ name, priority, lowerings = LOWERINGS, start }: Engine): void {
  if (findBackendFactory(name)) return;
  registerBackend(name, start, priority);
  registerKernels(name, lowerings);
}
