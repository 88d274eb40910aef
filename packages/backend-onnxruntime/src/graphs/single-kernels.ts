import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Feed, Session } from '../devices/device.js';
import { elementType, inputName, keyOf, shapesOf, type KernelCall } from './kernel-call.js';
import type { TensorStore } from './tensor-store.js';

/** A compiled kernel and the names of its results. */
interface Compiled<Memory> {
  readonly session: Session<Memory>;
  readonly results: readonly string[];
}

/** Runs kernels one by one, each as a graph that is compiled once for all calls of like kind. */
export class SingleKernels<Memory extends object> {
  readonly #store: TensorStore<Memory>;
  /** By {@link keyOf}. */
  readonly #graphs = new Map<string, Compiled<Memory>>();

  constructor(store: TensorStore<Memory>) {
    this.#store = store;
  }

  /** Runs one kernel now. */
  run(call: KernelCall): TensorInfo[] {
    const { lowering, inputs, attributes } = call;
    const { session, results } = this.#compiled(call);
    const feeds: Feed<Memory>[] = [];
    inputs.forEach((input, index) => {
      if (!input) return;
      const type = input.dtype as 'float32' | 'int32';
      feeds.push({ name: inputName(lowering, index), type, shape: input.shape, memory: this.#store.memoryOf(input.dataId, type) });
    });
    const shapes = lowering.shapes(shapesOf(call), attributes);
    const memories = session.run(feeds, shapes.map((shape, index) => ({ name: results[index], shape })), this.blockOf(call));
    return memories.map((memory, index) => this.#store.makeResult(shapes[index], memory));
  }

  /** How many rows of a call are computed at a time; undefined when all are. */
  blockOf({ lowering, inputs: [first] }: KernelCall): number | undefined {
    const { block } = this.#store.device;
    if (!lowering.rowwise || block === undefined) return undefined;
    const [rows, ...rest] = first!.shape;
    const atOnce = Math.max(1, Math.floor(block / util.sizeFromShape(rest)));
    return atOnce < rows ? atOnce : undefined;
  }

  /** The graph of one kernel. */
  #compiled(call: KernelCall): Compiled<Memory> {
    const key = keyOf(call);
    const known = this.#graphs.get(key);
    if (known) return known;
    const { lowering, attributes } = call;
    const shapes = shapesOf(call);
    const graph = this.#store.device.graph();
    const operands = shapes.map((shape, index) => {
      const name = inputName(lowering, index);
      return shape && { name: graph.input(name, elementType(lowering, index), shape.length), shape };
    });
    const results = lowering.build(graph, operands, attributes);
    lowering.shapes(shapes, attributes).forEach((shape, index) => graph.output(results[index], shape.length));
    const fresh = { session: this.#store.device.compile(graph), results };
    this.#graphs.set(key, fresh);
    return fresh;
  }
}
