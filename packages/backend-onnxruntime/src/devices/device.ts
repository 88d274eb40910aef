import type { Lowering } from '../lowering/lowering.js';
import type { GraphBuilder } from '../onnx/graph.js';

/** An array in the host's memory. */
export type HostArray = Float32Array | Int32Array | BigInt64Array;

/** What a session reads: a tensor that lies on the device, or an array that is still the host's. */
export interface Feed<Memory> {
  readonly name: string;
  readonly type: 'float32' | 'int32' | 'int64';
  /** Memory has no shape of its own: the same may be fed in any. */
  readonly shape: readonly number[];
  readonly memory: Memory | HostArray;
}

/** What a session is to give, by its name in the graph. */
export interface Wanted {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A graph, compiled for a device. */
export interface Session<Memory> {
  /**
   * Computes, before it returns or at the latest when somebody downloads.
   * @param rowsAtOnce given where all feeds and results may be computed in blocks of so many rows (of axis 0)
   * @returns where the wanted results lie, in their order: the caller's, to be released
   */
  run(feeds: readonly Feed<Memory>[], wanted: readonly Wanted[], rowsAtOnce?: number): Memory[];
}

/** How a session is to be compiled. */
export interface SessionOptions {
  /** Whether it keeps what memory it ever took in between, rounded up to a power of two, for its next run. */
  readonly keepsMemory?: boolean;
}

/** Where graphs run and tensors lie. Everything is synchronous. */
export interface Device<Memory extends object> {
  readonly name: string;
  /** tfjs kernel → ONNX nodes that this device runs well. */
  readonly lowerings: Readonly<Record<string, Lowering>>;
  /** Elements of a block of rows, for kernels that may be computed so; without limit when left out. */
  readonly block?: number;
  /** An empty graph, which writes some operations in the way that this device runs well. */
  graph(): GraphBuilder;
  compile(graph: GraphBuilder, options?: SessionOptions): Session<Memory>;
  /** Puts values where sessions read them fastest; the array may become the device's. */
  upload(values: Float32Array): Memory;
  /** The values, in an array that is the caller's for good. */
  download(memory: Memory): Float32Array;
  /** Takes memory back that `run` or `upload` gave; other is left alone. */
  release(memory: Memory): void;
}
