import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Feed, Session } from '../devices/device.js';
import { elementType, keyOf, shapesOf, type KernelCall } from './kernel-call.js';
import type { TensorStore } from './tensor-store.js';

type DataId = TensorInfo['dataId'];

/** What a deferred call reads: a feed or an earlier result, seen as another shape where that is given. */
interface Operand {
  readonly from: 'feed' | 'result';
  readonly index: number;
  readonly shape: readonly number[];
  /** The feed that holds the shape. */
  readonly shapeFeed?: number;
}

interface DeferredCall {
  readonly call: KernelCall;
  readonly operands: readonly (Operand | undefined)[];
  /** What its nodes and its place among the others depend on. */
  readonly key: string;
  /** Indices of its results. */
  readonly results: readonly number[];
}

interface DeferredResult {
  readonly dataId: DataId;
  readonly shape: readonly number[];
}

/** A compiled graph, and the names that the results have in it. */
interface Compiled<Memory> {
  readonly session: Session<Memory>;
  readonly names: readonly string[];
}

/** Compiled graphs by their calls, the latest used last: what one engine keeps of all its steps. */
export type DeferredGraphs<Memory> = Map<string, Compiled<Memory>>;

/** Graphs that are kept: a training step has some dozens, and as many more for each change of what it needs. */
const KEPT_GRAPHS = 512;

/** What collecting kernels has come to so far. */
export interface DeferredStatistics {
  /** Graphs that were compiled. */
  compiled: number;
  /** Graphs that were run. */
  runs: number;
  /** Kernels that ran within them. */
  kernels: number;
  /** Why kernels did not go on to be collected, and how often. */
  readonly interruptions: Map<string, number>;
}

/**
 * Kernels that have been called but not run yet. As soon as somebody wants values, all of them run as one graph, of which
 * only those results come out that are still in use; the others never leave onnxruntime.
 *
 * Axis lengths stay open, as in the graphs of single kernels, so batches of all lengths share a graph.
 */
export class DeferredKernels<Memory extends object> {
  readonly #store: TensorStore<Memory>;
  readonly #graphs: DeferredGraphs<Memory>;
  readonly statistics: DeferredStatistics;
  #calls: DeferredCall[] = [];
  #feeds: Feed<Memory>[] = [];
  #results: DeferredResult[] = [];
  /** Where the values of a tensor are to be found. */
  #known = new Map<DataId, Omit<Operand, 'shapeFeed'>>();
  /** Memory of tensors that were freed while a call still has to read it. */
  #held: Memory[] = [];

  constructor(store: TensorStore<Memory>, graphs: DeferredGraphs<Memory>, statistics: DeferredStatistics) {
    this.#store = store;
    this.#graphs = graphs;
    this.statistics = statistics;
  }

  /** Whether a deferred call reads or gives this tensor. */
  concerns(dataId: DataId): boolean {
    return this.#known.has(dataId);
  }

  /** Whether a tensor's values are yet to be computed. */
  owes(dataId: DataId): boolean {
    return this.#known.get(dataId)?.from === 'result';
  }

  /** Keeps the memory of a freed tensor for the calls that read it. */
  hold(memory: Memory): void {
    this.#held.push(memory);
  }

  /** Notes a call. @returns its results, without values yet */
  add(call: KernelCall): TensorInfo[] {
    const operands = call.inputs.map((input, index) => input && this.#operand(input, elementType(call.lowering, index)));
    const infos = call.lowering.shapes(shapesOf(call), call.attributes).map((shape) => this.#store.makeResult(shape));
    const results = infos.map(({ dataId, shape }) => {
      const index = this.#results.push({ dataId, shape }) - 1;
      this.#known.set(dataId, { from: 'result', index, shape });
      return index;
    });
    this.#calls.push({ call, operands, key: `${results[0]}=${keyOf(call)}(${operands.map(keyOfOperand).join()})`, results });
    return infos;
  }

  /** Runs all that was deferred. @param reason who could not wait */
  flush(reason: string): void {
    if (this.#calls.length === 0) return;
    const [feeds, results] = [this.#feeds, this.#results];
    const used = results.flatMap(({ dataId }, index) => (this.#store.holds(dataId) ? [index] : []));
    try {
      if (used.length === 0) return;
      const calls = this.#leadingTo(used);
      const { session, names } = this.#compiled(calls, used);
      const memories = session.run(feeds, used.map((index) => ({ name: names[index], shape: results[index].shape })));
      memories.forEach((memory, position) => this.#store.setMemory(results[used[position]].dataId, memory));
      const { interruptions } = this.statistics;
      interruptions.set(reason, (interruptions.get(reason) ?? 0) + 1);
      this.statistics.runs++;
      this.statistics.kernels += calls.length;
    } finally {
      for (const memory of this.#held) this.#store.device.release(memory);
      [this.#calls, this.#feeds, this.#results, this.#held] = [[], [], [], []];
      this.#known.clear();
    }
  }

  #operand({ dataId, shape }: TensorInfo, type: 'float32' | 'int32'): Operand {
    let known = this.#known.get(dataId);
    if (!known) {
      known = { from: 'feed', index: this.#feed(type, this.#store.memoryOf(dataId, type), shape), shape };
      this.#known.set(dataId, known);
    }
    if (known.shape.length === shape.length && known.shape.every((length, axis) => length === shape[axis])) return known;
    return { ...known, shape, shapeFeed: this.#feed('int64', BigInt64Array.from(shape, BigInt), [shape.length]) };
  }

  #feed(type: Feed<Memory>['type'], memory: Feed<Memory>['memory'], shape: readonly number[]): number {
    return this.#feeds.push({ name: `x${this.#feeds.length}`, type, shape, memory }) - 1;
  }

  /** The calls that some results depend on. */
  #leadingTo(used: readonly number[]): DeferredCall[] {
    const wanted = new Set(used);
    const leading = this.#calls.toReversed().filter(({ operands, results }) => {
      if (!results.some((index) => wanted.has(index))) return false;
      for (const operand of operands) if (operand?.from === 'result') wanted.add(operand.index);
      return true;
    });
    return leading.reverse();
  }

  #compiled(calls: readonly DeferredCall[], used: readonly number[]): Compiled<Memory> {
    const feeds = this.#feeds.map(({ type, shape }) => `${type}${shape.length}`).join();
    const key = `${feeds}|${calls.map((each) => each.key).join(';')}|${used.join()}`;
    let found = this.#graphs.get(key);
    this.#graphs.delete(key);
    if (!found) {
      found = this.#compile(calls, used);
      this.statistics.compiled++;
    }
    this.#graphs.set(key, found);
    if (this.#graphs.size > KEPT_GRAPHS) this.#graphs.delete(this.#graphs.keys().next().value!);
    return found;
  }

  #compile(calls: readonly DeferredCall[], used: readonly number[]): Compiled<Memory> {
    const graph = this.#store.device.graph();
    for (const { name, type, shape } of this.#feeds) graph.input(name, type, shape.length);
    const names: string[] = [];
    for (const { call, operands, results } of calls) {
      const inputs = operands.map((operand) => {
        if (!operand) return undefined;
        const { from, index, shape, shapeFeed } = operand;
        const name = from === 'feed' ? this.#feeds[index].name : names[index];
        return { name: shapeFeed === undefined ? name : graph.node('Reshape', [name, this.#feeds[shapeFeed].name]), shape };
      });
      call.lowering.build(graph, inputs, call.attributes).forEach((name, position) => (names[results[position]] = name));
    }
    for (const index of used) graph.output(names[index], this.#results[index].shape.length);
    // In between lie activations of many kernels, and fresh pages for them would cost more than the graph saves.
    return { session: this.#store.device.compile(graph, { keepsMemory: true }), names };
  }
}

function keyOfOperand(operand: Operand | undefined): string {
  return operand ? `${operand.from}${operand.index}${operand.shapeFeed === undefined ? '' : `/${operand.shapeFeed}`}` : '';
}
