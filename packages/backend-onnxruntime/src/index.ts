import '@tensorflow/tfjs-backend-cpu';
import { findBackend, registerBackend } from '@tensorflow/tfjs-core';
import { OnnxruntimeBackend } from './backends/host-backend.js';
import { nodeCpu } from './devices/node-cpu/node-cpu.js';
import { registerKernels } from './kernels.js';
import { LOWERINGS } from './lowering/index.js';

export { OnnxruntimeBackend } from './backends/host-backend.js';
export type { PoolStatistics } from './devices/host/pool.js';
export { ELEMENT_TYPE, type Attribute, type ElementType, type GraphConstant, type GraphContent, type GraphNode, type GraphValue } from './onnx/content.js';
export { encodeModel, type ExternalPlace } from './onnx/encode.js';
export { record, type Axis, type Recording, type RecordOptions } from './recording/index.js';

/** The backend's name within tfjs. */
const NAME = 'onnxruntime';

/** tfjs-node's, and above wasm's, so that `tf.ready()` alone prefers it to the slower engines. */
const PRIORITY = 3;

if (!findBackend(NAME)) {
  registerBackend(NAME, () => new OnnxruntimeBackend(nodeCpu()), PRIORITY);
  registerKernels(NAME, LOWERINGS);
}
