import { differentiable, gelu, geluTanh, multiply, relu, silu, tanh, tf } from '@unmask/tensor-core';
import type { ConfigReader } from '../config.js';

/** A function of each entry: any shape → the same shape. */
export type Activation = (x: tf.Tensor) => tf.Tensor;

/** x·σ(1.702·x). */
const quickGelu: Activation = (x) => multiply(silu(multiply(x, tf.scalar(1.702))), tf.scalar(1 / 1.702));

/** Of TensorFlow.js's own operations; their gradients are, too. */
const composed = (compute: (x: tf.Tensor) => tf.Tensor): Activation => (x) => differentiable([x], compute);

/** By the names in config.json (HF transformers, activations.py, ACT2FN), those with parameters of their own left out. */
const ACTIVATIONS = {
  gelu,
  gelu_python: gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  quick_gelu: quickGelu,
  relu,
  relu2: (x) => multiply(relu(x), relu(x)),
  relu6: composed((x) => tf.relu6(x)),
  leaky_relu: composed((x) => tf.leakyRelu(x, 0.01)),
  silu,
  swish: silu,
  mish: composed((x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  tanh,
  sigmoid: composed((x) => tf.sigmoid(x)),
  linear: (x) => x,
} as const satisfies Record<string, Activation>;

type ActivationName = keyof typeof ACTIVATIONS;
const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** The activation that a field names, `fallback` when absent. @throws UnmaskError when it is none of those known here */
export function readActivation(read: ConfigReader, field: string, fallback: ActivationName = 'gelu'): Activation {
  return ACTIVATIONS[read.choice(field, NAMES, fallback)];
}
