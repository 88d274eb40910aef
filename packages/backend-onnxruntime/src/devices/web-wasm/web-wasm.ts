import type { GraphBuilder } from '../../onnx/graph.js';
import type { SessionOptions } from '../device.js';
import { HostDevice, type HostRuntime, type HostSession } from '../host/host-device.js';
import { Heap, type HeapBlock } from './heap.js';
import { loadWasm, type WasmModule, type WasmSettings } from './module.js';
import { WasmSession } from './session.js';

/** onnxruntime-web's plain wasm, whose kernels read and write tensors on its own heap. */
class WasmRuntime extends Heap implements HostRuntime<HeapBlock> {
  readonly name = 'web-wasm';
  readonly #module: WasmModule;

  constructor(module: WasmModule) {
    super(module);
    this.#module = module;
  }

  open(graph: GraphBuilder, options: SessionOptions): HostSession {
    return new WasmSession(this.#module, this, graph, options);
  }
}

/**
 * The processor by WebAssembly, in browsers and in Node.
 * @throws Error when onnxruntime-web is not installed or cannot be loaded
 */
export async function webWasm(settings: WasmSettings): Promise<HostDevice<HeapBlock>> {
  return new HostDevice(new WasmRuntime(await loadWasm(settings)));
}
