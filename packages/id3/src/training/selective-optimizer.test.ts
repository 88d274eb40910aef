import { describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { d3, fisher, magnitude } from '@unmask/importance';
import { adamw, sgd } from '@unmask/optimizers';
import { linear, meanSquaredError, Parameter, Random, streamGradients } from '@unmask/tensor-core';
import { describeEngines, expectNoLeak } from '@unmask/testing';
import { allAtOnce, fullFineTuning, selective, SelectiveOptimizer, uniform } from '../index.js';

const BUDGET = 25;
const STEPS = 10;
const strategy = (dense?: (parameter: Parameter) => boolean) =>
  selective(adamw({ weightDecay: 0.1 }), { metric: d3(), schedule: uniform({ budget: BUDGET, steps: STEPS }), ...(dense && { dense }) });
const random = new Random(5);
const draw = (size: number) => Float32Array.from({ length: size }, () => random.normal());
const bits = (tensors: readonly tf.Tensor[]) => tensors.flatMap((tensor) => [...new Uint32Array(tensor.dataSync<'float32'>().slice().buffer)]);
const changed = (before: number[], after: number[]) => after.filter((value, i) => value !== before[i]).length;

function network(): tf.LayersModel {
  const kernel = (seed: number) => tf.initializers.randomNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'tanh', inputShape: [5], kernelInitializer: kernel(1) }),
      tf.layers.batchNormalization(), // has weights that do not train
      tf.layers.dense({ units: 1, kernelInitializer: kernel(2) }),
    ],
  });
}
const weightsOf = (model: tf.LayersModel) => model.trainableWeights.map((weight) => weight.read());

describeEngines('SelectiveOptimizer', () => {
  test('trains a layers model by compile and fit: the loss falls, exactly the budget changes, nothing leaks', async () => {
    const model = network();
    const rates: number[] = [];
    const optimizer = new SelectiveOptimizer(strategy(), (step) => {
      rates.push(step);
      return 0.2 / step;
    });
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const x = tf.randomNormal([20, 5], 0, 1, 'float32', 3);
    const y = tf.sum(x, 1, true);
    const before = bits(weightsOf(model));
    const initial = model.getWeights().map((weight) => weight.clone());
    const initialBits = bits(initial);
    const { history } = await model.fit(x, y, { epochs: STEPS, batchSize: 20, shuffle: false, verbose: 0 });
    const tensors = tf.memory().numTensors;
    expect(history.loss.at(-1)).toBeLessThan(history.loss[0] as number);
    expect(changed(before, bits(weightsOf(model)))).toBe(BUDGET);
    expect(bits(initial)).toEqual(initialBits); // clones stay as they were
    expect([optimizer.training.unmaskedEntries, optimizer.iterations]).toEqual([BUDGET, STEPS]);
    expect(optimizer.report).toMatchObject({ step: STEPS, unmasked: BUDGET });
    expect(rates).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
    await model.fit(x, y, { epochs: 2, batchSize: 20, verbose: 0 });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(changed(before, bits(weightsOf(model)))).toBe(BUDGET);
    model.setWeights(initial);
    expect(bits(weightsOf(model))).toEqual(before);
    model.dispose();
    tf.dispose([x, y, initial]);
  });

  test('a change is seen by every product that follows', () => {
    const [weight, x] = [tf.variable(tf.ones<tf.Rank.R2>([2, 2])), tf.ones<tf.Rank.R2>([1, 2])];
    const product = () => tf.tidy(() => [...tf.matMul(x, weight).dataSync()]);
    expect(product()).toEqual([2, 2]);
    const optimizer = new SelectiveOptimizer(fullFineTuning(sgd()), 1);
    tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.ones([2, 2]) }));
    expect(product()).toEqual([0, 0]);
    tf.dispose([weight, x]);
  });

  test.each([
    ['alone', undefined],
    ['beside dense parameters', (parameter: Parameter) => parameter.size === 7],
  ])('equals selective() on parameters with the same gradients, bit for bit, %s', (_, dense) => {
    const shapes = [[6, 5], [7]];
    const start = shapes.map((shape) => draw(shape.reduce((a, b) => a * b)));
    const variables = shapes.map((shape, i) => tf.variable(tf.tensor(start[i].slice(), shape)));
    const parameters = shapes.map((shape, i) => new Parameter(shape, start[i].slice()));
    const [optimizer, training] = [new SelectiveOptimizer(strategy(dense), 0.05), strategy(dense).bind(parameters)];
    const read = variables[0].dataSync();
    const copy = read.slice();
    for (let step = 0; step < STEPS; step++) {
      tf.tidy(() => {
        const gradients = shapes.map((shape) => tf.tensor(draw(shape.reduce((a, b) => a * b)), shape));
        const list = variables.map(({ name }, i) => ({ name, tensor: gradients[i] }));
        expectNoLeak(() => optimizer.applyGradients(step % 2 === 0 ? Object.fromEntries(list.map(({ name, tensor }) => [name, tensor])) : list));
        parameters.forEach((parameter, i) => training.sink(parameter, { tensor: gradients[i] }));
      });
      training.step(0.05);
    }
    expect(bits(variables)).toEqual(bits(parameters.map(({ tensor }) => tensor)));
    expect(optimizer.training.delta().entries.map(({ indices }) => indices)).toEqual(training.delta().entries.map(({ indices }) => indices));
    expect(read).toEqual(copy); // what was read before stays as it was
    tf.dispose(variables);
    parameters.forEach((parameter) => parameter.dispose());
  });

  test('chooses the entries that streamGradients leads to', () => {
    const [start, x, y] = [draw(12), tf.tensor2d(draw(40), [10, 4]), tf.tensor2d(draw(30), [10, 3])];
    const parameter = new Parameter([3, 4], start.slice());
    const variable = tf.variable(tf.tensor2d(start.slice(), [3, 4]));
    const half = () => selective(adamw(), { metric: d3(), schedule: uniform({ budget: 6, steps: 3 }) });
    const [optimizer, training] = [new SelectiveOptimizer(half(), 0.01), half().bind([parameter])];
    for (let step = 0; step < 3; step++) {
      streamGradients(() => meanSquaredError(linear(x, parameter), tf.reshape(y, [10, 3])), training.sink).dispose();
      training.step(0.01);
      optimizer.minimize(() => tf.mean(tf.squaredDifference(tf.matMul(x, variable, false, true), y)), false, [variable]);
    }
    expect(optimizer.training.delta().entries[0].indices).toEqual(training.delta().entries[0].indices);
    parameter.read().forEach((value, i) => expect(variable.dataSync()[i]).toBeCloseTo(value, 4));
    parameter.dispose();
    tf.dispose([x, y, variable]);
  });
});

describe('SelectiveOptimizer', () => {
  test('minimizes in a loop of the user, with a variable that the loss does not reach and one that does not train', () => {
    const [used, unused, frozen] = [tf.variable(tf.tensor1d([1, 2, 3])), tf.variable(tf.tensor1d([4])), tf.variable(tf.tensor1d([5]), false)];
    const optimizer = new SelectiveOptimizer(fullFineTuning(adamw({ weightDecay: 0 })), 0.1);
    const cost = () => optimizer.minimize(() => tf.sum(tf.square(used)), true, [used, unused, frozen])!;
    const losses = Array.from({ length: 3 }, () => expectNoLeak(() => {
      const loss = cost();
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    }));
    expect(losses).toEqual([...losses].sort((left, right) => right - left));
    expect([...unused.dataSync(), ...frozen.dataSync()]).toEqual([4, 5]);
    expect(expectNoLeak(() => optimizer.minimize(() => tf.sum(tf.square(used)), false, [used]))).toBeNull();
    tf.dispose([used, unused, frozen]);
  });

  test('leaves variables alone that the loss of the first step does not reach, when it is given no list', () => {
    const [used, other, whole] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([0.5])), tf.variable(tf.tensor1d([3], 'int32'))];
    const optimizer = new SelectiveOptimizer(selective(sgd(), { metric: magnitude({ keep: 'smallest' }), schedule: allAtOnce({ budget: 1 }) }), 0.1);
    optimizer.minimize(() => tf.sum(used));
    expect([...other.dataSync(), ...whole.dataSync()]).toEqual([0.5, 3]);
    expect(used.dataSync()[0]).toBeCloseTo(0.9);
    tf.dispose([used, other, whole]);
  });

  test('continues from a state with the same bits', () => {
    const start = draw(40);
    const gradients = Array.from({ length: STEPS }, () => draw(40));
    const run = (variable: tf.Variable, optimizer: SelectiveOptimizer, from: number, to: number) =>
      tf.tidy(() => gradients.slice(from, to).forEach((values) => optimizer.applyGradients({ [variable.name]: tf.tensor1d(values) })));
    const rate = (step: number) => 0.1 / step;
    const whole = tf.variable(tf.tensor1d(start.slice()), true, 'state/kernel');
    const uninterrupted = new SelectiveOptimizer(strategy(), rate);
    run(whole, uninterrupted, 0, 4);
    const state = uninterrupted.training.state();
    run(whole, uninterrupted, 4, STEPS);
    const expected = bits([whole]);
    whole.dispose();
    const again = tf.variable(tf.tensor1d(start.slice()), true, 'state/kernel');
    const restored = new SelectiveOptimizer(strategy(), rate);
    restored.bind([again]).restore(state);
    expect(restored.iterations).toBe(4);
    run(again, restored, 4, STEPS);
    expect(bits([again])).toEqual(expected);
    again.dispose();
  });

  test('a metric that is estimated beforehand observes samples first', () => {
    const variable = tf.variable(tf.tensor1d([1, 1, 1]));
    const optimizer = new SelectiveOptimizer(selective(sgd(), { metric: fisher(), schedule: allAtOnce({ budget: 1 }) }), 0.1);
    tf.tidy(() => {
      optimizer.observe({ [variable.name]: tf.tensor1d([1, 3, 2]) });
      optimizer.applyGradients({ [variable.name]: tf.tensor1d([1, 1, 1]) });
    });
    expect([...optimizer.training.delta().entries[0].indices]).toEqual([1]);
    variable.dispose();
  });

  test('is an instance of its own class and of tf.Optimizer, unlike others', async () => {
    const optimizer = new SelectiveOptimizer(strategy(), 0.1);
    const adam = tf.train.adam();
    expect([optimizer, adam].map((one) => one instanceof tf.Optimizer)).toEqual([true, true]);
    expect([optimizer, adam].map((one) => one instanceof SelectiveOptimizer)).toEqual([true, false]);
    expect([optimizer.getClassName(), optimizer.getConfig()]).toEqual(['SelectiveOptimizer', { learningRate: 0.1 }]);
    expect(new SelectiveOptimizer(strategy(), () => 1).getConfig()).toEqual({});
    const { name, tensor } = await optimizer.saveIterations();
    expect([name, tensor.dtype, ...tensor.dataSync()]).toEqual(['iter', 'int32', 0]);
    tf.dispose([tensor]);
    adam.dispose();
    optimizer.dispose();
  });

  test('says what is wrong, and goes on as if nothing had been', async () => {
    const [first, later, whole] = [tf.variable(tf.tensor1d([1, 1]), true, 'known'), tf.variable(tf.tensor1d([2])), tf.variable(tf.tensor1d([2], 'int32'))];
    const optimizer = new SelectiveOptimizer(fullFineTuning(sgd()), 0.1);
    const gradient = tf.tensor1d([1, 1]);
    expect(() => optimizer.training).toThrow('no variables before its first step');
    expect(() => optimizer.applyGradients({ knwon: gradient })).toThrow('there is no variable "knwon"; did you mean "known"?');
    expect(() => optimizer.applyGradients({ known: later })).toThrow('the gradient of "known" is float32 of shape [1]');
    expect(() => optimizer.bind([whole])).toThrow('is int32, but only float32 trains');
    optimizer.applyGradients({ known: gradient });
    expect(() => optimizer.bind([first])).toThrow('has its variables already');
    expect(() => optimizer.applyGradients([{ name: 'known', tensor: gradient }, { name: later.name, tensor: later }])).toThrow(`"${later.name}" was not among those`);
    optimizer.learningRate = () => NaN;
    expect(() => optimizer.applyGradients({ known: gradient })).toThrow('learning rate is NaN');
    optimizer.learningRate = 0.1;
    const bad = () => optimizer.minimize(() => tf.sum(tf.mul(first, NaN)), true, [first]);
    expectNoLeak(() => expect(bad).toThrow('the gradient of known is not finite in step 2'));
    optimizer.applyGradients({ known: gradient });
    first.dataSync().forEach((value) => expect(value).toBeCloseTo(0.8));
    expect(() => SelectiveOptimizer.fromConfig()).toThrow('model files cannot hold a SelectiveOptimizer');
    await expect(optimizer.getWeights()).rejects.toThrow('saveTrainingState');
    await expect(optimizer.setWeights()).rejects.toThrow('saveTrainingState');
    tf.dispose([first, later, whole, gradient]);
  });
});
