import type { Block, BlockSource } from '../host/pool.js';
import { textOnHeap, type WasmModule } from './module.js';

/** Memory on the heap of a wasm module. */
export interface HeapBlock extends Block {
  readonly pointer: number;
}

/**
 * Memory of a wasm module for arrays that its kernels read and write in place. The heap is shared memory: it grows without
 * taking views away, but each growth shows it as a new buffer object.
 */
export class Heap implements BlockSource<HeapBlock> {
  readonly #module: WasmModule;
  readonly #blocks = new Map<number, HeapBlock>();
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  readonly #names = new Map<string, number>();

  constructor(module: WasmModule) {
    this.#module = module;
  }

  make(bytes: number): HeapBlock {
    const pointer = this.#module._malloc(bytes);
    if (pointer === 0) throw new Error(`no room for ${bytes} more bytes: the memory of onnxruntime-web ends at 4 GB; take a smaller batch or model`);
    const block = { pointer, byteLength: bytes };
    this.#blocks.set(pointer, block);
    return block;
  }

  free({ pointer }: HeapBlock): void {
    this.#blocks.delete(pointer);
    this.#module._free(pointer);
  }

  view({ pointer }: HeapBlock, length: number): Float32Array {
    const { buffer } = this.#module.HEAPU8;
    this.#buffers.add(buffer);
    return new Float32Array(buffer, pointer, length);
  }

  blockOf(array: ArrayBufferView): HeapBlock | undefined {
    return this.reaches(array) ? this.#blocks.get(array.byteOffset) : undefined;
  }

  /** Whether an array lies on the heap. */
  reaches(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  /** Where the name of an input or output lies: there are few, and each is written once. */
  nameAt(name: string): number {
    let pointer = this.#names.get(name);
    if (pointer === undefined) this.#names.set(name, (pointer = textOnHeap(this.#module, name)));
    return pointer;
  }
}
