import type { Attribute, ElementType, GraphConstant, GraphContent, GraphNode, GraphValue } from './content.js';
import { encodeModel } from './encode.js';

/** A constant that a model may have as its first output, of a type that JavaScript has no arrays for: see node-cpu.ts for what it is good for. */
export const UNREADABLE_OUTPUT = 'unreadable';

/** Names of axes that stay open. */
const openAxes = (name: string, rank: number) => Array.from({ length: rank }, (_, axis) => `${name}_${axis}`);

/** What a matrix product takes besides its two factors. */
export interface ProductOptions {
  /** Numbers of axes of the factors. */
  readonly ranks: readonly [number, number];
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  /** Factor on the product; 1 when left out. */
  readonly scale?: number;
}

/**
 * Builds an ONNX model node by node. Values are named by the strings that its methods return. Axis lengths stay open, so
 * one model serves every size of the same rank.
 */
export class GraphBuilder {
  readonly #content = { nodes: [] as GraphNode[], constants: [] as GraphConstant[], inputs: [] as GraphValue[], outputs: [] as GraphValue[] };
  #names = 0;

  /** Declares an input of the model. @param axes how many there are, all of them open, or {@link GraphValue.axes} */
  input(name: string, type: ElementType, axes: number | GraphValue['axes']): string {
    this.#content.inputs.push({ name, type, axes: typeof axes === 'number' ? openAxes(name, axes) : axes });
    return name;
  }

  /** Declares a float32 value as an output of the model, under its own name. @param axes as for {@link input} */
  output(value: string, axes: number | GraphValue['axes']): void {
    this.#content.outputs.push({ name: value, type: 'float32', axes: typeof axes === 'number' ? openAxes(value, axes) : axes });
  }

  /** Adds a node; '' stands for an optional input that is absent. @returns the names of its `count` results */
  nodes(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>, count: number): string[] {
    const outputs = Array.from({ length: count }, () => `v${this.#names++}`);
    this.#content.nodes.push({ operator, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a node with one result. */
  node(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.nodes(operator, inputs, attributes, 1)[0];
  }

  /** Adds a node whose result has a name of its own. */
  named(name: string, operator: string, inputs: readonly string[]): string {
    this.#content.nodes.push({ operator, inputs, outputs: [name], attributes: {} });
    return name;
  }

  /** A product of matrices, [b…, m, k]·[b…, k, n], either side transposed on request. */
  product(left: string, right: string, { transposeLeft, transposeRight, scale }: ProductOptions): string {
    if (!transposeLeft && !transposeRight && scale === undefined) return this.node('MatMul', [left, right]);
    const attributes = { ...(transposeLeft && { transA: 1 }), ...(transposeRight && { transB: 1 }), ...(scale !== undefined && { alpha: { float: scale } }) };
    return this.node('FusedMatMul', [left, right], attributes);
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.constant({ type: 'float32', shape: [], data: new Uint8Array(Float32Array.of(value).buffer) });
  }

  /** A list of int64 numbers, as shapes and axes are given. */
  integers(values: readonly number[]): string {
    return this.constant({ type: 'int64', shape: [values.length], data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) });
  }

  /** Any constant, under a name of its own or a new one. */
  constant({ name = `c${this.#names++}`, ...constant }: Omit<GraphConstant, 'name'> & { readonly name?: string | undefined }): string {
    this.#content.constants.push({ name, ...constant });
    return name;
  }

  /** What the graph consists of so far. */
  get content(): GraphContent {
    return this.#content;
  }

  /** The serialized model. @param options.unreadable adds {@link UNREADABLE_OUTPUT}; no by default */
  finish({ unreadable = false } = {}): Uint8Array {
    if (!unreadable) return encodeModel(this.#content).finish();
    const { constants, outputs, ...rest } = this.#content;
    const value = { name: UNREADABLE_OUTPUT, type: 'bfloat16' } as const;
    const all = { ...rest, constants: [...constants, { ...value, shape: [], data: new Uint8Array(2) }], outputs: [{ ...value, axes: [] }, ...outputs] };
    return encodeModel(all).finish();
  }
}
