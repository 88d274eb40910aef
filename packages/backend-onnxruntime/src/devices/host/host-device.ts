import { LOWERINGS } from '../../lowering/index.js';
import { GraphBuilder } from '../../onnx/graph.js';
import type { Device, Feed, HostArray, Session, SessionOptions, Wanted } from '../device.js';
import { BufferPool, type Block, type BlockSource } from './pool.js';

/** One array that goes into or comes out of a {@link HostSession}. */
export type HostTensor = Feed<HostArray>;

/** A compiled model that reads and writes our arrays directly. */
export interface HostSession {
  /** Computes `outputs` in place from `inputs`. */
  run(inputs: readonly HostTensor[], outputs: readonly HostTensor[]): void;
}

/** An onnxruntime that computes in memory that JavaScript sees. */
export interface HostRuntime<Memory extends Block> extends BlockSource<Memory> {
  readonly name: string;
  open(graph: GraphBuilder, options: SessionOptions): HostSession;
  /** Whether sessions read and write an array without a copy, for runtimes with a heap of their own; all when left out. */
  reaches?(array: HostArray): boolean;
}

/** A device whose tensors are arrays, from a pool, that JavaScript reads and writes as well as sessions do. */
export class HostDevice<Memory extends Block = Block> implements Device<Float32Array> {
  readonly name: string;
  readonly lowerings = LOWERINGS;
  /** What a kernel puts in between then stays in the processor's cache, and takes no memory of note. */
  readonly block = 2 ** 19;
  readonly pool: BufferPool<Memory>;
  readonly #runtime: HostRuntime<Memory>;

  constructor(runtime: HostRuntime<Memory>) {
    this.name = runtime.name;
    this.#runtime = runtime;
    this.pool = new BufferPool(runtime);
  }

  graph(): GraphBuilder {
    return new GraphBuilder();
  }

  compile(graph: GraphBuilder, options: SessionOptions = {}): Session<Float32Array> {
    const session = this.#runtime.open(graph, options);
    return {
      run: (feeds, wanted, rowsAtOnce) => {
        const outputs = wanted.map((each) => this.#output(each));
        if (rowsAtOnce === undefined) session.run(feeds, outputs);
        else {
          const [rows] = feeds[0].shape;
          for (let row = 0; row < rows; row += rowsAtOnce) session.run(rowsOf(feeds, row, row + rowsAtOnce), rowsOf(outputs, row, row + rowsAtOnce));
        }
        return outputs.map(({ memory }) => memory);
      },
    };
  }

  /** An array with arbitrary content that sessions reach. */
  allocate(shape: readonly number[]): Float32Array {
    return this.pool.allocate(shape.reduce((product, length) => product * length, 1));
  }

  upload(values: Float32Array): Float32Array {
    if (this.#runtime.reaches?.(values) ?? true) return values;
    const own = this.pool.allocate(values.length);
    own.set(values);
    return own;
  }

  download(values: Float32Array): Float32Array {
    if (this.#runtime.reaches?.(values)) return values.slice();
    this.pool.surrender(values);
    return values;
  }

  release(values: Float32Array): void {
    this.pool.release(values);
  }

  #output({ name, shape }: Wanted): HostTensor & { memory: Float32Array } {
    return { name, type: 'float32', shape, memory: this.allocate(shape) };
  }
}

/** Some rows of each tensor, in the same memory. */
function rowsOf(tensors: readonly HostTensor[], from: number, to: number): HostTensor[] {
  return tensors.map(({ memory, shape: [rows, ...rest], ...others }) => {
    const [size, end] = [memory.length / rows, Math.min(rows, to)];
    return { ...others, memory: memory.subarray(from * size, end * size), shape: [end - from, ...rest] };
  });
}
