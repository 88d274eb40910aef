import { describe, expect, test } from '@jest/globals';
import { d3, gradient, magnitude } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { Parameter, Random, tf, type ParameterGradient } from '@unmask/tensor-core';
import { allAtOnce, fullFineTuning, selective, uniform } from '../index.js';

const normals = (seed: number, size: number): Float32Array => {
  const random = new Random(seed);
  return Float32Array.from({ length: size }, () => random.normal());
};
const bits = (values: Float32Array) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];

/** A parameter with a name and random weights. */
function named(name: string, shape: number[]): Parameter {
  const parameter = new Parameter(shape, normals(1, shape.reduce((product, length) => product * length, 1)));
  parameter.name = name;
  return parameter;
}
const send = (training: { sink: (parameter: Parameter, gradient: ParameterGradient) => void }, parameter: Parameter, values: ArrayLike<number>) =>
  tf.tidy(() => training.sink(parameter, { tensor: tf.tensor(Float32Array.from(values), [...parameter.shape]) }));

describe('SelectiveTraining', () => {
  test.each([
    [3, 7, 20],
    [17, 5, 20],
    [0, 4, 20],
    [20, 3, 20],
  ])('unmasks exactly %d entries in %d steps of %d, and no more later', (budget, steps, size) => {
    const parameter = named('weight', [size]);
    const before = parameter.read().slice();
    const schedule = uniform({ budget, steps });
    const training = selective(adamw({ weightDecay: 0.5 }), { metric: d3(), schedule }).bind([parameter]);
    let updates = 0;
    for (let step = 1; step <= steps + 3; step++) {
      send(training, parameter, normals(step, size));
      const report = training.step(0.01);
      expect(report).toEqual({ step, unmasked: schedule(step), chosen: schedule(step) - schedule(step - 1), shortfall: 0, gradientUpdates: schedule(step) });
      updates += report.gradientUpdates;
    }
    expect(training.trainedParameters).toBe(budget);
    expect(training.gradientUpdates).toBe(updates);
    expect(parameter.read().filter((value, i) => !Object.is(value, before[i])).length).toBe(budget);
  });

  test('makes up for a shortfall in a later step', () => {
    const parameter = named('weight', [6]);
    const training = selective(adamw(), { metric: gradient(), schedule: uniform({ budget: 6, steps: 3 }) }).bind([parameter]);
    send(training, parameter, [0, 0, 0, 1, 0, 0]);
    expect(training.step(0.01)).toMatchObject({ chosen: 1, shortfall: 1 });
    send(training, parameter, [1, 1, 1, 1, 1, 1]);
    expect(training.step(0.01)).toMatchObject({ chosen: 3, shortfall: 0 });
  });

  test('a metric of the weights alone chooses without any gradient', () => {
    const parameter = new Parameter([4], Float32Array.of(3, 0, -1, 2));
    const training = selective(adamw(), { metric: magnitude({ keep: 'smallest' }), schedule: allAtOnce({ budget: 2 }) }).bind([parameter]);
    expect(training.step(0.01)).toMatchObject({ chosen: 2 });
    expect([...training.delta().entries[0].indices]).toEqual([1, 2]);
  });

  test('leaves frozen parameters out and ignores foreign ones', () => {
    const [frozen, free, foreign] = ['frozen', 'free', 'foreign'].map((name) => named(name, [4]));
    frozen.trainable = false;
    const training = selective(adamw(), { metric: gradient(), schedule: allAtOnce({ budget: 4 }) }).bind([frozen, free]);
    for (const parameter of [frozen, free, foreign]) send(training, parameter, [1, 1, 1, 1]);
    training.step(0.01);
    expect(training.delta().entries.map(({ name }) => name)).toEqual(['free']);
  });

  test('refuses a budget beyond the selectable entries, naming both', () => {
    const head = named('head', [3]);
    const strategy = selective(adamw(), { metric: d3(), schedule: uniform({ budget: 8, steps: 2 }), dense: (parameter) => parameter === head });
    expect(() => strategy.bind([named('weight', [7]), head])).toThrow('a budget of 8 entries exceeds the 7 that can be selected');
  });

  test.each([
    ['falls', (step: number) => (step === 1 ? 2 : 1)],
    ['is no integer', () => 0.5],
  ])('refuses a schedule that %s', (_, schedule) => {
    const parameter = named('weight', [4]);
    const training = selective(adamw(), { metric: gradient(), schedule }).bind([parameter]);
    expect(() => {
      for (let step = 0; step < 2; step++) {
        send(training, parameter, [1, 1, 1, 1]);
        training.step(0.1);
      }
    }).toThrow('it must give integers that never fall');
  });

  test.each([NaN, Infinity, -Infinity])('reports a gradient of %p by name and changes nothing', (bad) => {
    for (const phase of ['masked', 'unmasked', 'dense'] as const) {
      const [parameter, head] = [named('layer.weight', [4]), named('head.weight', [2])];
      const before = tf.memory().numTensors;
      const dense = (one: Parameter) => one === head;
      const training = selective(adamw(), { metric: gradient(), schedule: allAtOnce({ budget: phase === 'masked' ? 1 : 4 }), dense }).bind([parameter, head]);
      if (phase !== 'masked') {
        send(training, parameter, [1, 1, 1, 1]);
        training.step(0.1);
      }
      const [weights, steps] = [parameter.read().slice(), training.gradientUpdates];
      send(training, phase === 'dense' ? parameter : head, [1, 1, 1, 1].slice(phase === 'dense' ? 0 : 2));
      expect(() => send(training, phase === 'dense' ? head : parameter, phase === 'dense' ? [1, bad] : [1, 1, bad, 1])).toThrow(
        `the gradient of ${phase === 'dense' ? 'head' : 'layer'}.weight is not finite`,
      );
      expect(parameter.read()).toEqual(weights);
      expect(training.gradientUpdates).toBe(steps);
      expect(tf.memory().numTensors).toBe(before);
      send(training, parameter, [1, 1, 1, 1]);
      expect(() => training.step(0.1)).not.toThrow();
    }
  });

  test('refuses a gradient that comes twice and a learning rate that is no number', () => {
    const parameter = named('weight', [2]);
    const training = selective(adamw(), { metric: gradient(), schedule: allAtOnce({ budget: 1 }) }).bind([parameter]);
    send(training, parameter, [1, 2]);
    expect(() => training.step(NaN)).toThrow('the learning rate is NaN');
    expect(() => send(training, parameter, [1, 2])).toThrow('came twice');
  });
});

describe('dense parameters', () => {
  test('full fine-tuning is the update rule on every entry, row gradients included', () => {
    const [table, bias] = [named('table', [3, 2]), named('bias', [2])];
    const expected = [table, bias].map((parameter) => ({ weights: parameter.read().slice(), slots: [new Float32Array(parameter.size), new Float32Array(parameter.size)] }));
    const before = tf.memory().numTensors;
    const training = fullFineTuning(adamw()).bind([table, bias]);
    for (let step = 1; step <= 3; step++) {
      tf.tidy(() => training.sink(table, { rows: Int32Array.of(0, 2), tensor: tf.tensor([1, 2, 3, 4 * step], [2, 2], 'float32') }));
      if (step !== 2) send(training, bias, [step, -1]);
      expect(training.step(0.1)).toEqual({ step, unmasked: 0, chosen: 0, shortfall: 0, gradientUpdates: 8 });
      const gradients = [[1, 2, 0, 0, 3, 4 * step], step === 2 ? [0, 0] : [step, -1]];
      expected.forEach(({ weights, slots }, i) => adamw().apply({ weights, gradients: Float32Array.from(gradients[i]), slots, ages: step, count: weights.length }, 0.1));
    }
    expect([table, bias].map((parameter) => bits(parameter.read()))).toEqual(expected.map(({ weights }) => bits(weights)));
    expect(training.trainedParameters).toBe(8);
    expect(training.gradientUpdates).toBe(24);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('discardGradients frees what was kept and forgets the step', () => {
    const parameter = named('weight', [2]);
    const before = tf.memory().numTensors;
    const training = fullFineTuning(adamw()).bind([parameter]);
    send(training, parameter, [1, 1]);
    training.discardGradients();
    expect(tf.memory().numTensors).toBe(before);
    send(training, parameter, [1, 1]);
    training.step(0.1);
  });
});
