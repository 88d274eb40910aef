import { expect, test } from '@jest/globals';
import { describeEngines } from '@unmask/testing';
import { linear, Parameter, streamGradients, tf, type GradientSink } from './index.js';

const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describeEngines('Parameter', () => {
  test.each<[string, (parameter: Parameter) => void]>([
    ['modify', (parameter) => parameter.modify((all) => all.fill(2))],
    ['writeEntries', (parameter) => parameter.writeEntries(Int32Array.of(0, 1, 2, 3), new Float32Array(4).fill(2))],
  ])('after %s every product uses the new values, forward and backward', (_, change) => {
    const ones = new Parameter([1, 2], Float32Array.of(1, 1));
    const [weight, input] = [new Parameter([2, 2], Float32Array.of(1, 1, 1, 1)), new Parameter([2, 1], Float32Array.of(1, 3))];
    const pass = () => {
      const gradients = new Map<Parameter, number[]>();
      const sink: GradientSink = (parameter, gradient) => void gradients.set(parameter, values(gradient.tensor));
      // [1, 1] → [1, 2] → [1, 2] → [1, 1]: the gradient of the first factor passes back through the changed one.
      const loss = streamGradients(() => linear(linear(linear(tf.ones([1, 1]), input), weight), ones), sink);
      const found = { loss: values(loss), input: gradients.get(input) };
      loss.dispose();
      return found;
    };
    const before = pass();
    change(weight);
    const after = pass();
    expect(before).toEqual({ loss: [8], input: [2, 2] });
    expect(after).toEqual({ loss: [16], input: [4, 4] });
    for (const parameter of [weight, input, ones]) parameter.dispose();
  });

  test('reads and writes single entries', () => {
    const parameter = new Parameter([2, 3], Float32Array.of(0, 1, 2, 3, 4, 5));
    const tensors = tf.memory().numTensors;
    parameter.writeEntries(Int32Array.of(1, 5), Float32Array.of(-1, -5));
    expect([...parameter.read()]).toEqual([0, -1, 2, 3, 4, -5]);
    expect([...parameter.readEntries(Int32Array.of(0, 5))]).toEqual([0, -5]);
    expect(tf.memory().numTensors).toBe(tensors);
    parameter.dispose();
  });
});
