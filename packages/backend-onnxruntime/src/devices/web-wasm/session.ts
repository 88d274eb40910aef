import type { GraphBuilder } from '../../onnx/graph.js';
import type { SessionOptions } from '../device.js';
import type { HostSession, HostTensor } from '../host/host-device.js';
import type { Heap } from './heap.js';
import { lastError, textOnHeap, type WasmModule } from './module.js';

/** ONNX's codes of element types. */
const TYPE_CODE = { float32: 1, int32: 6, int64: 7 } as const;

/** Where tensors lie, by onnxruntime-web's count. */
const ON_CPU = 1;

/** GraphOptimizationLevel.ORT_ENABLE_ALL, and what else the options take in onnxruntime-web. */
const [ALL, SEQUENTIAL, WARNINGS_OFF] = [99, 0, 3];

/** Releases the sessions of graphs that nobody keeps any more. */
const collected = new FinalizationRegistry<{ module: WasmModule; session: number }>(({ module, session }) => void module._OrtReleaseSession(session));

/** Calls `OrtRun` of the module itself: the public interface of onnxruntime-web, which answers with promises, stands above it. */
export class WasmSession implements HostSession {
  readonly #module: WasmModule;
  readonly #heap: Heap;
  readonly #session: number;

  constructor(module: WasmModule, heap: Heap, graph: GraphBuilder, { keepsMemory = false }: SessionOptions) {
    this.#module = module;
    this.#heap = heap;
    const model = graph.finish();
    const [options, bytes] = [this.#options(keepsMemory), module._malloc(model.length)];
    module.HEAPU8.set(model, bytes);
    this.#session = module._OrtCreateSession(bytes, model.length, options);
    module._free(bytes);
    module._OrtReleaseSessionOptions(options);
    if (this.#session === 0) throw lastError(module);
    collected.register(this, { module, session: this.#session });
  }

  run(inputs: readonly HostTensor[], outputs: readonly HostTensor[]): void {
    const module = this.#module;
    const [stack, tensors, copies]: [number, number[], number[]] = [module.stackSave(), [], []];
    try {
      const given = this.#prepare(inputs, tensors, copies);
      const wanted = this.#prepare(outputs, tensors, copies);
      if (module._OrtRun(this.#session, given.names, given.values, inputs.length, wanted.names, outputs.length, wanted.values, 0) !== 0) throw lastError(module);
    } finally {
      for (const tensor of tensors) module._OrtReleaseTensor(tensor);
      for (const copy of copies) module._free(copy);
      module.stackRestore(stack);
    }
  }

  #options(keepsMemory: boolean): number {
    const module = this.#module;
    const [id, key, value] = ['unmask', 'session.intra_op.allow_spinning', '0'].map((text) => textOnHeap(module, text));
    const options = module._OrtCreateSessionOptions(ALL, keepsMemory ? 1 : 0, 1, SEQUENTIAL, 0, 0, id, WARNINGS_OFF, 0, 0);
    module._OrtAddSessionConfigEntry(options, key, value);
    for (const text of [id, key, value]) module._free(text);
    return options;
  }

  /** Lists of names and tensors, on the stack; what does not lie on the heap yet is copied there. */
  #prepare(list: readonly HostTensor[], tensors: number[], copies: number[]): { names: number; values: number } {
    const module = this.#module;
    const size = module.PTR_SIZE;
    const [names, values] = [module.stackAlloc(size * list.length), module.stackAlloc(size * list.length)];
    list.forEach(({ name, type, shape, memory }, index) => {
      const dimensions = module.stackAlloc(size * shape.length);
      shape.forEach((length, axis) => module.setValue(dimensions + axis * size, length, 'i32'));
      const tensor = module._OrtCreateTensor(TYPE_CODE[type], this.#pointerTo(memory, copies), memory.byteLength, dimensions, shape.length, ON_CPU);
      if (tensor === 0) throw lastError(module);
      tensors.push(tensor);
      module.setValue(names + index * size, this.#heap.nameAt(name), '*');
      module.setValue(values + index * size, tensor, '*');
    });
    return { names, values };
  }

  #pointerTo(array: HostTensor['memory'], copies: number[]): number {
    if (this.#heap.reaches(array)) return array.byteOffset;
    const copy = this.#module._malloc(array.byteLength);
    this.#module.HEAPU8.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), copy);
    copies.push(copy);
    return copy;
  }
}
