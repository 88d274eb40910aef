import { hostValues, record, tf } from '@unmask/tensor-core';

/** A loss of a few numbers, and its slope along each of them. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float32Array;
}

/**
 * A loss that is computed here, with its gradient, since what it is of is small: vectors of texts, probabilities of answers.
 * @param x any shape
 * @param compute reads the values of x, row-major, and keeps nothing of them
 * @returns a scalar
 */
export function hostLoss(x: tf.Tensor, compute: (values: Float32Array) => Slope): tf.Tensor {
  const { value, gradient } = compute(hostValues(x));
  const { shape } = x;
  return record(tf.scalar(value), [x], [], (dy) => {
    const scale = hostValues(dy)[0];
    return [tf.tensor(gradient.map((each) => each * scale), shape)];
  });
}
