import { gelu, geluTanh, relu, type tf } from '@unmask/tensor-core';
import type { ConfigReader } from '../config.js';

/** A function of each entry: any shape → the same shape. */
export type Activation = (x: tf.Tensor) => tf.Tensor;

/** By the names in config.json (HF transformers, activations.py). */
const ACTIVATIONS = { gelu, gelu_new: geluTanh, gelu_pytorch_tanh: geluTanh, relu } as const satisfies Record<string, Activation>;

type ActivationName = keyof typeof ACTIVATIONS;
const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** The activation that a field names, `fallback` when absent. @throws UnmaskError when it is none of those known here */
export function readActivation(read: ConfigReader, field: string, fallback: ActivationName = 'gelu'): Activation {
  return ACTIVATIONS[read.choice(field, NAMES, fallback)];
}
