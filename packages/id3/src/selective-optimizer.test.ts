import { describe, expect, test } from '@jest/globals';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { Parameter, Random, tf } from '@unmask/tensor-core';
import { describeEngines } from '@unmask/testing';
import { fullFineTuning, selective, SelectiveOptimizer, uniform } from './index.js';

const BUDGET = 25;
const STEPS = 10;
const strategy = () => selective(adamw({ weightDecay: 0.1 }), { metric: d3(), schedule: uniform({ budget: BUDGET, steps: STEPS }) });
const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
const bits = (tensors: readonly tf.Tensor[]) => tensors.flatMap((tensor) => [...new Uint32Array(Float32Array.from(tensor.dataSync()).buffer)]);

function network(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'tanh', inputShape: [5], kernelInitializer: tf.initializers.randomNormal({ seed: 1 }) }),
      tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.randomNormal({ seed: 2 }) }),
    ],
  });
}
const weightsOf = (model: tf.LayersModel) => model.trainableWeights.map((weight) => weight.read());

describeEngines('SelectiveOptimizer', () => {
  test('trains a layers model by compile and fit: the loss falls, exactly the budget changes, nothing leaks', async () => {
    const model = network();
    const optimizer = new SelectiveOptimizer(strategy(), (step) => 0.2 / step);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const x = tf.randomNormal([20, 5], 0, 1, 'float32', 3);
    const y = tf.sum(x, 1, true);
    const before = bits(weightsOf(model));
    const { history } = await model.fit(x, y, { epochs: STEPS, batchSize: 20, shuffle: false, verbose: 0 });
    const tensors = tf.memory().numTensors;
    expect(history.loss.at(-1)).toBeLessThan(history.loss[0] as number);
    const after = bits(weightsOf(model));
    expect(after.filter((value, i) => value !== before[i])).toHaveLength(BUDGET);
    expect([optimizer.training.unmaskedEntries, optimizer.training.steps, optimizer.iterations]).toEqual([BUDGET, STEPS, STEPS]);
    await model.fit(x, y, { epochs: 2, batchSize: 20, verbose: 0 });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(bits(weightsOf(model)).filter((value, i) => value !== before[i])).toHaveLength(BUDGET);
    model.dispose();
    tf.dispose([x, y]);
  });

  test('equals selective() on parameters with the same gradients, bit for bit', () => {
    const random = new Random(5);
    const draw = (size: number) => Float32Array.from({ length: size }, () => random.normal());
    const shapes = [[6, 4], [7]];
    const start = shapes.map((shape) => draw(shape.reduce((a, b) => a * b)));
    const variables = shapes.map((shape, i) => tf.variable(tf.tensor(start[i].slice(), shape), true, `equal-${tf.getBackend()}-${i}`));
    const parameters = shapes.map((shape, i) => new Parameter(shape, start[i].slice()));
    const optimizer = new SelectiveOptimizer(strategy(), 0.05);
    const training = strategy().bind(parameters);
    const read = variables[0].dataSync();
    const copy = read.slice();
    for (let step = 0; step < STEPS; step++) {
      tf.tidy(() => {
        const gradients = shapes.map((shape) => tf.tensor(draw(shape.reduce((a, b) => a * b)), shape));
        optimizer.applyGradients(step % 2 === 0 ? Object.fromEntries(variables.map(({ name }, i) => [name, gradients[i]])) : variables.map(({ name }, i) => ({ name, tensor: gradients[i] })));
        parameters.forEach((parameter, i) => training.sink(parameter, { tensor: gradients[i] }));
      });
      training.step(0.05);
    }
    expect(bits(variables)).toEqual(bits(parameters.map(({ tensor }) => tensor)));
    expect(read).toEqual(copy); // what was read before stays as it was
    tf.dispose(variables);
    parameters.forEach((parameter) => parameter.dispose());
  });
});

describe('SelectiveOptimizer', () => {
  test('minimizes in a loop of the user, with a variable that the loss does not reach', () => {
    const [used, unused] = [tf.variable(tf.tensor1d([1, 2, 3])), tf.variable(tf.tensor1d([4]))];
    const optimizer = new SelectiveOptimizer(fullFineTuning(adamw({ weightDecay: 0 })), 0.1);
    const step = () => optimizer.minimize(() => tf.sum(tf.square(used)), true, [used, unused])!;
    const losses = Array.from({ length: 3 }, () => {
      const loss = step();
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    });
    const tensors = tf.memory().numTensors;
    step().dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(losses).toEqual(losses.toSorted((left, right) => right - left));
    expect(values(unused)).toEqual([4]);
    tf.dispose([used, unused]);
  });

  test('says what is wrong', () => {
    const [first, later] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([2]))];
    const optimizer = new SelectiveOptimizer(fullFineTuning(adamw()), 0.1);
    expect(() => optimizer.training).toThrow('has not begun');
    expect(() => optimizer.applyGradients({ nothing: first })).toThrow('there is no variable named nothing');
    optimizer.applyGradients({ [first.name]: first });
    expect(() => optimizer.applyGradients({ [later.name]: later })).toThrow(`the variable ${later.name} was not there`);
    expect(() => SelectiveOptimizer.fromConfig()).toThrow('cannot be made from a configuration');
    tf.dispose([first, later]);
  });
});
