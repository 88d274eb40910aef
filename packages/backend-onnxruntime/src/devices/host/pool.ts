/** Size classes, from the smallest that fits, whose free buffers serve a request: at most 1.5 times what is needed. */
const SHARED_CLASSES = 4;

/** What the pool may hold, in use or free, over the most that was ever needed at once. */
const SLACK = 1.25;

/** Memory that arrays may lie in. */
export interface Block {
  readonly byteLength: number;
}

/** Where blocks come from and how arrays lie in them. */
export interface BlockSource<Memory extends Block> {
  make(bytes: number): Memory;
  /** Gives a block back for good; what is left out is collected as garbage. */
  free?(block: Memory): void;
  /** The first `length` floats of a block. */
  view(block: Memory, length: number): Float32Array;
  /** The block that an array lies in, if this source has made it. */
  blockOf(array: ArrayBufferView): Memory | undefined;
}

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
 * Buffers come in size classes, eight to each power of two, so batches of changing lengths share them. All buffers together
 * take at most a quarter more than was ever needed at once: before that, a request gets a larger buffer than it needs, and
 * free ones that are too small go to the garbage collector.
 */
export class BufferPool<Memory extends Block> {
  readonly #source: BlockSource<Memory>;
  readonly #free = new Map<number, Memory[]>();
  /** Bytes that were asked for of each buffer in use. */
  readonly #needed = new WeakMap<Memory, number>();
  #freeBytes = 0;
  #usedBytes = 0;
  #neededBytes = 0;
  #mostNeededBytes = 0;
  #largest = 0;
  #allocations = 0;
  #reuses = 0;

  constructor(source: BlockSource<Memory>) {
    this.#source = source;
  }

  /** An array of `length` floats with arbitrary content. */
  allocate(length: number): Float32Array {
    const bytes = sizeClass(length * 4);
    this.#neededBytes += bytes;
    this.#mostNeededBytes = Math.max(this.#mostNeededBytes, this.#neededBytes);
    const buffer = this.#take(bytes, SHARED_CLASSES) ?? (this.#hasRoomFor(bytes) ? undefined : this.#take(bytes, Infinity)) ?? this.#make(bytes);
    this.#usedBytes += buffer.byteLength;
    this.#needed.set(buffer, bytes);
    return this.#source.view(buffer, length);
  }

  /** Whether an array came from this pool and has been neither released nor given away. */
  owns(array: ArrayBufferView): boolean {
    const buffer = this.#source.blockOf(array);
    return buffer !== undefined && this.#needed.has(buffer);
  }

  /** Takes back an array that the pool owns; others are left alone. */
  release(array: Float32Array): void {
    const buffer = this.surrender(array);
    if (!buffer) return;
    const bytes = buffer.byteLength;
    if (!this.#hasRoomFor(bytes)) {
      this.#source.free?.(buffer);
      return;
    }
    this.#freeBytes += bytes;
    const list = this.#free.get(bytes);
    if (list) list.push(buffer);
    else this.#free.set(bytes, [buffer]);
  }

  /** Gives an array away for good: somebody outside may hold it after its tensor is freed. @returns its buffer, if the pool owned it */
  surrender(array: ArrayBufferView): Memory | undefined {
    const buffer = this.#source.blockOf(array);
    const needed = buffer && this.#needed.get(buffer);
    if (needed === undefined) return undefined;
    this.#needed.delete(buffer!);
    this.#neededBytes -= needed;
    this.#usedBytes -= buffer!.byteLength;
    return buffer;
  }

  get statistics(): PoolStatistics {
    return { freeBytes: this.#freeBytes, allocations: this.#allocations, reuses: this.#reuses };
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#usedBytes + this.#freeBytes + bytes <= SLACK * this.#mostNeededBytes;
  }

  /** A free buffer of one of the next `classes` sizes from `bytes` on. */
  #take(bytes: number, classes: number): Memory | undefined {
    for (let size = bytes, seen = 0; size <= this.#largest && seen < classes; size = sizeClass(size + 1), seen++) {
      const buffer = this.#free.get(size)?.pop();
      if (!buffer) continue;
      this.#freeBytes -= size;
      this.#reuses++;
      return buffer;
    }
    return undefined;
  }

  /** A new buffer, in the place of free ones where there is no room for more. */
  #make(bytes: number): Memory {
    this.#allocations++;
    this.#largest = Math.max(this.#largest, bytes);
    for (const [size, list] of this.#free) {
      while (list.length > 0 && !this.#hasRoomFor(bytes)) {
        this.#source.free?.(list.pop()!);
        this.#freeBytes -= size;
      }
    }
    return this.#source.make(bytes);
  }
}

/** The smallest of eight steps per power of two that holds `bytes`; at least 256. */
function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** Math.max(5, Math.floor(Math.log2(bytes - 1)) - 3);
  return Math.ceil(bytes / step) * step;
}
