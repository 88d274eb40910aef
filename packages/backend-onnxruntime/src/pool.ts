/** Size classes, from the smallest that fits, whose free buffers serve a request: at most 1.5 times what is needed. */
const SHARED_CLASSES = 4;

/** What a {@link BufferPool} holds. */
export interface PoolStatistics {
  /** Bytes of free buffers that wait for reuse. */
  readonly freeBytes: number;
  /** Buffers handed out anew because no free one fitted. */
  readonly allocations: number;
  /** Buffers handed out again. */
  readonly reuses: number;
}

/**
 * Reuses the memory of freed tensors. Fresh pages cost the system a fault each, so a training step that allocates its
 * activations anew spends much of its time there.
 *
 * Buffers come in size classes, eight to each power of two, so batches of changing lengths share them.
 */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #owned = new WeakSet<ArrayBufferLike>();
  readonly #minimum: number;
  #freeBytes = 0;
  #usedBytes = 0;
  #mostUsedBytes = 0;
  #allocations = 0;
  #reuses = 0;

  /**
   * As many bytes wait for reuse as were ever in use at once, since the next training step needs them again; beyond that,
   * freed buffers go to the garbage collector.
   * @param minimum bytes that may wait in any case
   */
  constructor(minimum: number) {
    this.#minimum = minimum;
  }

  /** An array of `length` floats with arbitrary content. */
  allocate(length: number): Float32Array {
    const bytes = sizeClass(length * 4);
    // A buffer of the next classes will do: batches of changing lengths then share what the longest one took.
    let recycled: ArrayBuffer | undefined;
    for (let size = bytes, classes = 0; !recycled && classes < SHARED_CLASSES; size = sizeClass(size + 1), classes++) {
      recycled = this.#free.get(size)?.pop();
    }
    if (recycled) {
      this.#freeBytes -= recycled.byteLength;
      this.#reuses++;
    } else {
      this.#allocations++;
    }
    const buffer = recycled ?? new ArrayBuffer(bytes);
    this.#owned.add(buffer);
    this.#usedBytes += buffer.byteLength;
    this.#mostUsedBytes = Math.max(this.#mostUsedBytes, this.#usedBytes);
    return new Float32Array(buffer, 0, length);
  }

  /** Whether an array came from this pool and has been neither released nor given away. */
  owns(array: { readonly buffer: ArrayBufferLike }): boolean {
    return this.#owned.has(array.buffer);
  }

  /** Takes back an array that the pool owns; others are left alone. */
  release(array: Float32Array): void {
    if (!this.surrender(array)) return;
    const bytes = array.buffer.byteLength;
    if (this.#freeBytes + bytes > Math.max(this.#minimum, this.#mostUsedBytes)) return;
    this.#freeBytes += bytes;
    const list = this.#free.get(bytes);
    if (list) list.push(array.buffer as ArrayBuffer);
    else this.#free.set(bytes, [array.buffer as ArrayBuffer]);
  }

  /** Gives an array away for good: somebody outside may hold it after its tensor is freed. @returns whether the pool owned it */
  surrender(array: { readonly buffer: ArrayBufferLike }): boolean {
    if (!this.#owned.delete(array.buffer)) return false;
    this.#usedBytes -= array.buffer.byteLength;
    return true;
  }

  get statistics(): PoolStatistics {
    return { freeBytes: this.#freeBytes, allocations: this.#allocations, reuses: this.#reuses };
  }
}

/** The smallest of eight steps per power of two that holds `bytes`; at least 256. */
function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** Math.max(5, Math.floor(Math.log2(bytes - 1)) - 3);
  return Math.ceil(bytes / step) * step;
}
