import { expect } from '@jest/globals';
import { denseGradient, type Parameter, streamGradients, tf } from '@unmask/tensor-core';

/** Every parameter's gradient as plain numbers, and the loss. Checks that each is delivered once and that no tensor leaks. */
export function collectGradients(forward: () => tf.Tensor): { loss: number; gradients: Map<Parameter, Float32Array> } {
  const before = tf.memory().numTensors;
  const gradients = new Map<Parameter, Float32Array>();
  const loss = streamGradients(forward, (parameter, gradient) => {
    expect(gradients.has(parameter)).toBe(false);
    const dense = denseGradient(parameter.shape, gradient);
    gradients.set(parameter, dense.dataSync<'float32'>().slice());
    dense.dispose();
  });
  const value = loss.dataSync()[0];
  loss.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { loss: value, gradients };
}

/**
 * Compares streamed gradients with central finite differences of the loss, entry by entry.
 * The loss is computed in float32, so keep it near 1 and smooth near the parameters' values.
 * @param most how many entries of each parameter are looked at, evenly spread
 */
export function expectGradients(parameters: readonly Parameter[], forward: () => tf.Tensor, step = 1e-2, tolerance = 2e-2, most = Infinity): void {
  const { gradients } = collectGradients(forward);
  const lossAt = () => tf.tidy(() => forward().dataSync()[0]);
  for (const parameter of parameters) {
    const gradient = gradients.get(parameter);
    expect(gradient).toBeDefined();
    for (let index = 0; index < parameter.size; index += Math.max(1, Math.ceil(parameter.size / most))) {
      const shift = (amount: number) => parameter.modify((values) => (values[index] += amount));
      const original = parameter.read()[index];
      shift(step);
      const above = lossAt();
      shift(-2 * step);
      const below = lossAt();
      parameter.modify((values) => (values[index] = original));
      const expected = (above - below) / (2 * step);
      expect(Math.abs(gradient![index] - expected)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected)));
    }
  }
}
