import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type backend_util, type DataType, engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { elementType, type KernelCall, keyOf, shapesOf } from '../graphs/kernel-call.js';
import type { Operand } from '../lowering/lowering.js';
import type { GraphContent } from '../onnx/content.js';
import { type Axis, lengthOfAxis, OpenShapes, type Sizes } from './axes.js';
import type { RecordedLowering } from './lowerings.js';
import { PortableGraphBuilder } from './portable.js';
import { withoutUnused } from './prune.js';

type DataId = TensorInfo['dataId'];

/** A call of a kernel that can be recorded. */
export interface RecordedCall extends KernelCall {
  readonly lowering: RecordedLowering;
}

/** Element types of tensors, as graphs have them: integers are long. */
const GRAPH_TYPE = { float32: 'float32', int32: 'int64' } as const;
type RecordedType = keyof typeof GRAPH_TYPE;

/** What one recording is made of. */
class State {
  readonly graph = new PortableGraphBuilder();
  readonly shapes: OpenShapes;
  /** What the nodes depend on, call by call, and values that the host gave. */
  readonly keys: string[] = [];
  readonly values = new Map<DataId, Operand>();
  /** Values in other shapes, by name and shape. */
  readonly views = new Map<string, string>();
  readonly before: State | undefined;

  constructor(before?: State) {
    this.before = before;
    this.shapes = new OpenShapes(before?.shapes);
  }

  /** @throws Error unless the first recording had the same here */
  same(key: string, what: string): void {
    const other = this.before?.keys[this.keys.length];
    this.keys.push(key);
    if (other !== undefined && other !== key) throw new Error(`${what} depends on the lengths of a batch: it cannot be recorded`);
  }
}

/**
 * A backend that computes nothing: its tensors stand for values of a graph, and each kernel adds its nodes. Tensors that have
 * values, such as parameters, become constants when a kernel reads them.
 */
export class Recorder extends MathBackendCPU {
  #state = new State();
  #sizes: Sizes = {};
  #nameOf: (tensor: TensorInfo) => string | undefined = () => undefined;

  constructor() {
    super();
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** Begins the first or, after it, the second recording. */
  begin(sizes: Sizes, nameOf: (tensor: TensorInfo) => string | undefined, again: boolean): void {
    [this.#state, this.#sizes, this.#nameOf] = [new State(again ? this.#state : undefined), sizes, nameOf];
  }

  /** Ends a recording and forgets it. */
  end(): GraphContent {
    const { content } = this.#state.graph;
    return withoutUnused(content);
  }

  /** An input of the graph. */
  input(name: string, type: RecordedType, axes: readonly Axis[]): Tensor {
    const { graph, shapes } = this.#state;
    const shape = axes.map((axis) => lengthOfAxis(axis, this.#sizes));
    graph.input(name, GRAPH_TYPE[type], axes);
    shapes.declare(graph, name, shape);
    return engine().makeTensorFromTensorInfo(this.#value(name, shape, type));
  }

  /** An output of the graph. */
  output(name: string, tensor: Tensor, axes: readonly Axis[]): void {
    const { graph } = this.#state;
    graph.output(graph.named(name, 'Identity', [this.#operand(tensor, 'float32').name]), axes);
  }

  /** Adds a kernel's nodes. @returns its results */
  record(call: RecordedCall): TensorInfo[] {
    const { lowering, inputs, attributes, kernelName } = call;
    const { graph } = this.#state;
    this.#state.same(keyOf(call), kernelName);
    const operands = inputs.map((input, index) => input && this.#operand(input, elementType(lowering, index)));
    const names = lowering.build(graph, operands, attributes);
    const type = lowering.type?.(attributes) ?? (inputs[0]!.dtype as RecordedType);
    return lowering.shapes(shapesOf(call), attributes).map((shape, index) => this.#value(names[index], shape, type));
  }

  /** Whether a tensor stands for a value of the graph. */
  isRecorded(tensor: TensorInfo): boolean {
    return this.#state.values.has(tensor.dataId) && this.data.get(tensor.dataId).values === undefined;
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    if (this.data.get(dataId).values !== undefined) return super.readSync(dataId);
    throw new Error('the host reads a value that is only known when the graph runs: this model cannot be recorded');
  }

  #value(name: string, shape: readonly number[], type: DataType): TensorInfo {
    const info = this.makeTensorInfo([...shape], type);
    this.#state.values.set(info.dataId, { name, shape });
    return info;
  }

  #operand(tensor: TensorInfo, type: RecordedType): Operand {
    const { dataId, shape } = tensor;
    const { graph, shapes, values, views } = this.#state;
    const known = values.get(dataId) ?? this.#constant(tensor, type);
    if (known.shape.join() === shape.join()) return known;
    const key = `${known.name}/${shape.join()}`;
    const name = views.get(key) ?? graph.node('Reshape', [known.name, shapes.target(graph, known.shape, shape)]);
    views.set(key, name);
    return { name, shape };
  }

  #constant(tensor: TensorInfo, fallback: RecordedType): Operand {
    const { graph, shapes, values } = this.#state;
    const type = tensor.dtype in GRAPH_TYPE ? (tensor.dtype as RecordedType) : fallback;
    const name = this.#nameOf(tensor);
    const array = this.data.get(tensor.dataId).values as Float32Array | Int32Array;
    if (name === undefined) {
      shapes.checkFixed(tensor.shape, 'a constant');
      this.#state.same(array.join(), 'a constant');
    }
    const typed = type === 'float32' ? Float32Array.from(array) : BigInt64Array.from(array, BigInt);
    const live = array instanceof Float32Array && type === 'float32' ? array : typed;
    const data = new Uint8Array(live.buffer, live.byteOffset, live.byteLength);
    const operand = { name: graph.constant({ name, type: GRAPH_TYPE[type], shape: tensor.shape, data }), shape: tensor.shape };
    values.set(tensor.dataId, operand);
    return operand;
  }
}
