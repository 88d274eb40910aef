import { createRequire } from 'node:module';
import type { HostArray } from '../device.js';

/** The synchronous session of onnxruntime-node's native binding, which its public interface wraps in promises. */
export interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: Record<string, unknown>, fetches: Record<string, unknown>, options: object): unknown;
}

/** What this package uses of onnxruntime-node. */
export interface Native {
  createSession(): NativeSession;
  tensor(type: string, data: HostArray, shape: readonly number[]): unknown;
}

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
    const { Tensor } = require('onnxruntime-common') as { Tensor: new (type: string, data: unknown, shape: readonly number[]) => unknown };
    initOrt();
    native = {
      createSession: () => new binding.InferenceSession(),
      tensor: (type, data, shape) => new Tensor(type, data, shape),
    };
    return native;
  } catch (cause) {
    throw new Error(
      'onnxruntime-node is not usable here: install it without its optional download, ' +
        '`ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node`',
      { cause },
    );
  }
}
