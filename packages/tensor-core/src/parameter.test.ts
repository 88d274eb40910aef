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

  test('can be changed on the host, and the engine sees it', () => {
    const parameter = new Parameter([2, 2], Float32Array.of(1, 2, 3, 4));
    parameter.modify((values) => (values[3] = 10));
    expect([...parameter.read()]).toEqual([1, 2, 3, 10]);
    expect(tf.tidy(() => tf.sum(parameter.tensor).dataSync()[0])).toBe(16);
    parameter.dispose();
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

  test('of a variable: changes are assigned to it, and what shares its former memory stays as it was', () => {
    const initial = tf.tensor1d([1, 2, -0]);
    const variable = tf.variable(initial);
    const clone = variable.clone();
    const parameter = Parameter.ofVariable(variable);
    const tensors = tf.memory().numTensors;
    parameter.writeEntries(Int32Array.of(1), Float32Array.of(5));
    parameter.modify((all) => (all[0] = 4));
    expect(values(variable)).toEqual([4, 5, -0]);
    expect([values(initial), values(clone)]).toEqual([[1, 2, -0], [1, 2, -0]]);
    expect([parameter.name, parameter.trainable, [...parameter.read()]]).toEqual([variable.name, true, [4, 5, -0]]);
    parameter.dispose(); // the variable stays its owner's
    expect(tf.memory().numTensors).toBe(tensors);
    const counter = tf.variable(tf.tensor1d([1], 'int32'));
    expect(() => Parameter.ofVariable(counter)).toThrow('is int32, but only float32 trains');
    tf.dispose([initial, variable, clone, counter]);
  });
});
