import { MessageWriter } from './protobuf.js';

/** An attribute of a node: a float is given as `{ float: x }`, since every JavaScript number could be one. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** Element types that the engine passes in and out, with their ONNX codes. */
const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7, bfloat16: 16 } as const;
export type ElementType = keyof typeof ELEMENT_TYPE;

/** A constant that a model may have as its first output, of a type that JavaScript has no arrays for: see node-cpu.ts for what it is good for. */
export const UNREADABLE_OUTPUT = 'unreadable';

/** The opset and the IR version that onnxruntime 1.16 and later read. */
const OPSET = 17;
const IR_VERSION = 8;
/** onnxruntime's own operators, such as FusedMatMul and Gelu. */
const CONTRIB = 'com.microsoft';
const CONTRIB_OPERATORS = new Set(['FastGelu', 'FusedMatMul', 'Gelu', 'QuickGelu', 'RotaryEmbedding']);

/**
 * Builds an ONNX model node by node. Values are named by the strings that its methods return. Axis lengths stay open, so
 * one model serves every size of the same rank.
 */
export class GraphBuilder {
  readonly #nodes: MessageWriter[] = [];
  readonly #inputs: MessageWriter[] = [];
  readonly #outputs: MessageWriter[] = [];
  readonly #constants: MessageWriter[] = [];
  #names = 0;

  /** Declares an input of the model. */
  input(name: string, type: ElementType, rank: number): string {
    this.#inputs.push(valueInfo(name, type, rank));
    return name;
  }

  /** Declares a float32 value as an output of the model, under its own name. */
  output(value: string, rank: number): void {
    this.#outputs.push(valueInfo(value, 'float32', rank));
  }

  /** Adds a node; '' stands for an optional input that is absent. @returns the names of its `count` results */
  nodes(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>, count: number): string[] {
    const outputs = Array.from({ length: count }, () => `v${this.#names++}`);
    this.#node(operator, inputs, outputs, attributes);
    return outputs;
  }

  /** Adds a node with one result. */
  node(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.nodes(operator, inputs, attributes, 1)[0];
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.#constant('float32', [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A list of int64 numbers, as shapes and axes are given. */
  integers(values: readonly number[]): string {
    return this.#constant('int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** The serialized model. @param options.unreadable adds {@link UNREADABLE_OUTPUT}; no by default */
  finish({ unreadable = false } = {}): Uint8Array {
    const graph = new MessageWriter().bytes(2, 'unmask');
    for (const node of this.#nodes) graph.bytes(1, node);
    for (const constant of this.#constants) graph.bytes(5, constant);
    for (const input of this.#inputs) graph.bytes(11, input);
    if (unreadable) {
      graph.bytes(5, new MessageWriter().integer(2, ELEMENT_TYPE.bfloat16).bytes(8, UNREADABLE_OUTPUT).bytes(9, new Uint8Array(2)));
      graph.bytes(12, valueInfo(UNREADABLE_OUTPUT, 'bfloat16', 0));
    }
    for (const output of this.#outputs) graph.bytes(12, output);
    return new MessageWriter()
      .integer(1, IR_VERSION)
      .bytes(7, graph)
      .bytes(8, new MessageWriter().bytes(1, '').integer(2, OPSET))
      .bytes(8, new MessageWriter().bytes(1, CONTRIB).integer(2, 1))
      .finish();
  }

  #node(operator: string, inputs: readonly string[], outputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): void {
    const node = new MessageWriter();
    for (const input of inputs) node.bytes(1, input);
    for (const output of outputs) node.bytes(2, output);
    node.bytes(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.bytes(5, attribute(name, value));
    if (CONTRIB_OPERATORS.has(operator)) node.bytes(7, CONTRIB);
    this.#nodes.push(node);
  }

  #constant(type: ElementType, shape: readonly number[], content: Uint8Array): string {
    const name = `c${this.#names++}`;
    const tensor = new MessageWriter();
    for (const length of shape) tensor.integer(1, length);
    this.#constants.push(tensor.integer(2, ELEMENT_TYPE[type]).bytes(8, name).bytes(9, content));
    return name;
  }
}

function valueInfo(name: string, type: ElementType, rank: number): MessageWriter {
  const shape = new MessageWriter();
  for (let axis = 0; axis < rank; axis++) shape.bytes(1, new MessageWriter().bytes(2, `${name}_${axis}`));
  const tensor = new MessageWriter().integer(1, ELEMENT_TYPE[type]).bytes(2, shape);
  return new MessageWriter().bytes(1, name).bytes(2, new MessageWriter().bytes(1, tensor));
}

function attribute(name: string, value: Attribute): MessageWriter {
  const message = new MessageWriter().bytes(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.bytes(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}
