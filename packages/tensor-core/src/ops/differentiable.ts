import { UnmaskError } from '../errors.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Makes any function of tfjs operations part of a forward pass. Its backward pass runs the function again under tfjs's own
 * tape, so it costs a second forward pass: write an operation with a gradient of its own where that matters.
 * TensorFlow.js's own gradients are registered by `import '@tensorflow/tfjs'`, which has to be somewhere in the program.
 * @param compute a pure function of `inputs`' tensors; it runs inside a tidy
 * @throws UnmaskError when there are no such gradients
 */
export function differentiable(inputs: readonly Value[], compute: (...tensors: tf.Tensor[]) => tf.Tensor): tf.Tensor {
  if (!tf.getGradient('Multiply')) throw new UnmaskError("differentiable() needs TensorFlow.js's own gradients: npm install @tensorflow/tfjs, and import '@tensorflow/tfjs' once", { code: 'unsupported' });
  const tensors = inputs.map(tensorOf);
  return record(tf.tidy(() => compute(...tensors)), inputs, tensors, (dy, saved) => tf.grads(compute)([...saved], dy));
}
