import { createRequire } from 'node:module';
import type { HostArray } from '../device.js';

/** The synchronous session of onnxruntime-node's native binding, which its public interface wraps in promises. */
export interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: Record<string, unknown>, fetches: Record<string, unknown>, options: object): Record<string, unknown>;
}

/** What this package uses of onnxruntime-node. */
export interface Native {
  createSession(): NativeSession;
  tensor(type: string, data: HostArray, shape: readonly number[]): unknown;
  /** A tensor in a card's memory, seen in some shape. */
  cardTensor(buffer: unknown, type: string, shape: readonly number[]): unknown;
}

/** What to install: its binding is no public interface, hence one version. */
export const INSTALLED = 'onnxruntime-node@1.30.0';

let native: Native | undefined;

/**
 * Loads onnxruntime-node, once.
 * @throws Error naming the remedy when it is not installed or has no binary for this platform
 */
export function loadNative(): Native {
  if (native) return native;
  try {
    const require = createRequire(import.meta.url);
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as {
      binding: { InferenceSession: new () => NativeSession };
      initOrt: () => void;
    };
    const { Tensor } = require('onnxruntime-common') as {
      Tensor: { new (type: string, data: unknown, shape: readonly number[]): unknown; fromGpuBuffer(buffer: unknown, options: object): unknown };
    };
    initOrt();
    native = {
      createSession: () => new binding.InferenceSession(),
      tensor: (type, data, shape) => new Tensor(type, data, shape),
      cardTensor: (buffer, dataType, dims) => Tensor.fromGpuBuffer(buffer, { dataType, dims }),
    };
    return native;
  } catch (cause) {
    throw new Error(`onnxruntime-node is missing or has no binary for this platform: ONNXRUNTIME_NODE_INSTALL=skip npm install ${INSTALLED}`, { cause });
  }
}
