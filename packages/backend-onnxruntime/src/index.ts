import '@tensorflow/tfjs-backend-cpu';
import { findBackend, registerBackend } from '@tensorflow/tfjs-core';
import { OnnxruntimeBackend } from './backend.js';
import { registerKernels } from './kernels.js';
import { loadNative } from './session.js';

export { OnnxruntimeBackend } from './backend.js';
export type { PoolStatistics } from './pool.js';

/** The backend's name within tfjs. */
const NAME = 'onnxruntime';

/** tfjs-node's, and above wasm's, so that `tf.ready()` alone prefers it to the slower engines. */
const PRIORITY = 3;

if (!findBackend(NAME)) {
  registerBackend(
    NAME,
    () => {
      loadNative();
      return new OnnxruntimeBackend();
    },
    PRIORITY,
  );
  registerKernels(NAME);
}
