import type { GraphBuilder } from '../onnx/graph.js';

/** What a lowering knows of one input. */
export interface Operand {
  /** The value's name in the graph. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** One result of a lowering. */
export interface Result {
  /** The value's name in the graph. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** Attributes of a tfjs kernel. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * How one tfjs kernel becomes ONNX nodes. A lowering is pure: it adds nodes and computes result shapes, nothing else, so
 * the same table serves single kernels and whole traced steps.
 */
export interface Lowering {
  /** The kernel's inputs in order, absent optional ones included; empty for a kernel that takes a list. */
  readonly inputs: readonly string[];
  /** Inputs that hold int32; all others hold float32. */
  readonly integers?: readonly string[];
  /** Whether each row (of axis 0) of the results depends on the same row of every input alone: large ones are computed in blocks. */
  readonly rowwise?: boolean;
  /** Shapes of the results. */
  shapes(inputs: readonly (readonly number[] | undefined)[], attributes: Attributes): (readonly number[])[];
  /**
   * What the nodes depend on beside the inputs' ranks and presence: two calls with equal keys may share a graph.
   * Axis lengths stay open unless they are named here.
   */
  key?(inputs: readonly (readonly number[] | undefined)[], attributes: Attributes): string;
  /** Adds the nodes. @returns the names of the results */
  build(graph: GraphBuilder, inputs: readonly (Operand | undefined)[], attributes: Attributes): string[];
}
