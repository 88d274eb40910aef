import { Parameter, Random, tf, type GradientSink } from '@unmask/tensor-core';

/** Parameters `p0.weight`, `p1.weight`, … with normally distributed values. */
export function randomParameters(shapes: readonly (readonly number[])[], seed: number | string): Parameter[] {
  const random = new Random(seed);
  return shapes.map((shape, index) => {
    const values = Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, () => random.normal());
    return Object.assign(new Parameter(shape, values), { name: `p${index}.weight` });
  });
}

/** Gives a sink a normally distributed gradient of each parameter, in their order. */
export function sendRandomGradients(sink: GradientSink, parameters: readonly Parameter[], seed: number | string): void {
  const random = new Random(seed);
  for (const parameter of parameters) {
    tf.tidy(() => sink(parameter, { tensor: tf.tensor(Array.from({ length: parameter.size }, () => random.normal()), [...parameter.shape]) }));
  }
}

/** The bit patterns of the parameters' values, to compare them exactly. */
export function bitsOf(parameters: readonly Parameter[]): number[][] {
  return parameters.map((parameter) => [...new Uint32Array(parameter.read().slice().buffer)]);
}
