import '@tensorflow/tfjs-backend-cpu';
import { CardBackend } from './backends/card-backend.js';
import { OnnxruntimeBackend } from './backends/host-backend.js';
import { THREADS } from './devices/native/threads.js';
import { nodeCpu } from './devices/node-cpu/node-cpu.js';
import { lowerings } from './devices/node-webgpu/lowerings.js';
import { NodeWebgpu, type CardMemory } from './devices/node-webgpu/node-webgpu.js';
import { webWasm } from './devices/web-wasm/web-wasm.js';
import { register } from './register.js';

export { OnnxruntimeBackend } from './backends/host-backend.js';
export { hasGraphicsCard, type CardStatistics } from './devices/node-webgpu/node-webgpu.js';
export type { PoolStatistics } from './devices/host/pool.js';
export { ELEMENT_TYPE, type Attribute, type ElementType, type GraphConstant, type GraphContent, type GraphNode, type GraphValue } from './onnx/content.js';
export { encodeModel, type ExternalPlace } from './onnx/encode.js';
export { record, type Axis, type Recording, type RecordOptions } from './recording/index.js';

/** The backend on graphics cards. */
export class WebgpuBackend extends CardBackend<CardMemory, NodeWebgpu> {}

const wasm = async (note?: string) => new OnnxruntimeBackend(await webWasm({ numThreads: THREADS }), note);

/** The native binding, or the WebAssembly of onnxruntime-web where that cannot be used. */
function fastest(): OnnxruntimeBackend | Promise<OnnxruntimeBackend> {
  try {
    return new OnnxruntimeBackend(nodeCpu());
  } catch (error) {
    const reason = (error as Error).message;
    return wasm(`by WebAssembly, more slowly: ${reason}`).catch(() => {
      throw new Error(reason, { cause: error });
    });
  }
}

register({ name: 'onnxruntime', priority: 3, start: fastest });
register({ name: 'onnxruntime-webgpu', priority: 0, lowerings, start: () => new WebgpuBackend(new NodeWebgpu()) });
register({ name: 'onnxruntime-wasm', priority: 2, start: () => wasm() });
