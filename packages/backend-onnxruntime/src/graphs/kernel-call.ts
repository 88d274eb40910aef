import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attributes, Lowering } from '../lowering/lowering.js';

/** A call of a kernel that has a lowering. */
export interface KernelCall {
  readonly kernelName: string;
  readonly lowering: Lowering;
  /** In the lowering's order; an absent optional one is undefined. */
  readonly inputs: readonly (TensorInfo | undefined)[];
  readonly attributes: Attributes;
}

/** Shapes of a call's inputs. */
export function shapesOf({ inputs }: KernelCall): (readonly number[] | undefined)[] {
  return inputs.map((input) => input?.shape);
}

/** What a call's nodes depend on: calls with equal keys may share a graph. */
export function keyOf(call: KernelCall): string {
  const shapes = shapesOf(call);
  const ranks = shapes.map((shape) => shape?.length ?? '-').join();
  return `${call.kernelName}/${ranks}/${call.lowering.key?.(shapes, call.attributes) ?? ''}`;
}

/** The element type of a lowering's input. */
export function elementType({ integers }: Lowering, input: string): 'float32' | 'int32' {
  return integers?.includes(input) ? 'int32' : 'float32';
}
