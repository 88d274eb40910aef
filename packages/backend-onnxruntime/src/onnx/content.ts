/** An attribute of a node: a float is given as `{ float: x }`, since every JavaScript number could be one. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** Element types, with their ONNX codes. */
export const ELEMENT_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const;
export type ElementType = keyof typeof ELEMENT_TYPE;

/** A value that goes into or comes out of a graph. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  /** Lengths of its axes, or names of those that are open. */
  readonly axes: readonly (number | string)[];
}

/** An operation. */
export interface GraphNode {
  readonly operator: string;
  /** Names of values; '' stands for an optional one that is absent. */
  readonly inputs: readonly string[];
  /** As for {@link inputs}. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A value that is part of the model. */
export interface GraphConstant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Little-endian, row by row. */
  readonly data: Uint8Array;
}

/** All that a graph consists of. */
export interface GraphContent {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}
