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

/** What a call's input is called in its graph. */
export function inputName({ inputs }: Lowering, index: number): string {
  return inputs[index] ?? `x${index}`;
}

/** The element type of a lowering's input. */
export function elementType({ inputs, integers }: Lowering, index: number): 'float32' | 'int32' {
  return integers?.includes(inputs[index]) ? 'int32' : 'float32';
}
