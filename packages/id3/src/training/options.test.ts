import { describe, expect, test } from '@jest/globals';
import { d3, gradient, type EstimatedMetric } from '@unmask/importance';
import type { UpdateRule } from '@unmask/optimizers';
import { crossEntropy, Linear, Parameter, Random, streamGradients, tanh, tf } from '@unmask/tensor-core';
import { allAtOnce, denseOnly, every, fullFineTuning, repeat, selective, uniform, type SelectiveTraining } from '../index.js';

/** Plain gradient descent, so that an update shows the gradient that the rule was given. */
const descent: UpdateRule = {
  name: 'descent',
  slots: 0,
  apply({ weights, gradients, count }, learningRate) {
    for (let i = 0; i < count; i++) weights[i] -= learningRate * gradients[i];
  },
};
function zeros(name: string, size: number): Parameter {
  const parameter = new Parameter([size]);
  parameter.name = name;
  return parameter;
}
const send = ({ sink }: Pick<SelectiveTraining, 'sink'>, parameter: Parameter, values: number[]) =>
  tf.tidy(() => sink(parameter, { tensor: tf.tensor1d(values) }));

describe('scope', () => {
  test('leaves entries of other parameters as they are', () => {
    const [inside, outside] = [zeros('a.weight', 3), zeros('b.weight', 3)];
    const strategy = selective(descent, { metric: gradient(), schedule: allAtOnce({ budget: 3 }), scope: ({ name }) => name.startsWith('a') });
    const training = strategy.bind([inside, outside]);
    expect(training.sink.needs!(outside)).toBe('nothing');
    send(training, outside, [9, 9, 9]);
    send(training, inside, [1, 2, 3]);
    training.step(1);
    expect([...outside.read()]).toEqual([0, 0, 0]);
    expect([...inside.read()]).toEqual([-1, -2, -3]);
    expect(() => selective(descent, { metric: gradient(), schedule: allAtOnce({ budget: 4 }), scope: ({ name }) => name === 'a.weight' }).bind([inside, outside])).toThrow('exceeds the 3');
  });

  test('parameters that train in full have a rate of their own', () => {
    const [a, b] = [zeros('lora_A.weight', 2), zeros('lora_B.weight', 2)];
    const training = fullFineTuning(descent, { rate: ({ name }) => (name.startsWith('lora_B') ? 4 : 1) }).bind([a, b]);
    for (const parameter of [a, b]) send(training, parameter, [1, -2]);
    training.step(0.5);
    expect([...a.read(), ...b.read()]).toEqual([-0.5, 1, -2, 4]);
  });

  test('denseOnly trains the named parameters in full and nothing else', () => {
    const [weight, bias] = [zeros('weight', 2), zeros('bias', 2)];
    const training = denseOnly(descent, ({ name }) => name === 'bias').bind([weight, bias]);
    expect([training.sink.needs!(weight), training.sink.needs!(bias)]).toEqual(['nothing', 'all']);
    send(training, bias, [1, 2]);
    expect(training.step(1)).toMatchObject({ unmasked: 0, gradientUpdates: 2 });
    expect([...bias.read()]).toEqual([-1, -2]);
  });
});

test('per tensor, each gets a share by its size, whatever the others score', () => {
  const [small, large] = [zeros('small', 10), zeros('large', 30)];
  const training = selective(descent, { metric: gradient(), schedule: allAtOnce({ budget: 8 }), per: 'tensor' }).bind([small, large]);
  send(training, small, Array.from({ length: 10 }, () => 100));
  send(training, large, Array.from({ length: 30 }, (_, i) => i));
  training.step(1);
  expect(training.delta().entries.map(({ indices }) => [...indices])).toEqual([[0, 1], [24, 25, 26, 27, 28, 29]]);
});

describe('clip', () => {
  const run = (of: 'full' | 'unmasked', norm: number) => {
    const [weight, head] = [zeros('weight', 3), zeros('head', 1)];
    const dense = (parameter: Parameter) => parameter === head;
    const training = selective(descent, { metric: gradient(), schedule: allAtOnce({ budget: 1 }), dense, clip: { norm, of } }).bind([weight, head]);
    for (let step = 0; step < 2; step++) {
      send(training, head, [8]);
      send(training, weight, [4, 8, 5]); // full norm 13, of what trains √128
      training.step(1);
    }
    return [...weight.read(), ...head.read()];
  };

  test('scales all that trains by the norm of all gradients, or of those that train', () => {
    [0, -8 / 13, 0, -8 / 13].forEach((value, i) => expect(run('full', 0.5)[i]).toBeCloseTo(value, 5));
    [0, -8 / Math.sqrt(128), 0, -8 / Math.sqrt(128)].forEach((value, i) => expect(run('unmasked', 0.5)[i]).toBeCloseTo(value, 5));
  });

  test('leaves shorter gradients alone', () => {
    expect(run('full', 20)).toEqual([0, -16, 0, -16]);
  });

  test('the full norm needs every gradient, that of the unmasked ones does not', () => {
    const weight = zeros('weight', 3);
    const needs = (of: 'full' | 'unmasked') => {
      const training = selective(descent, { metric: gradient(), schedule: allAtOnce({ budget: 1 }), clip: { norm: 1, of } }).bind([weight]);
      send(training, weight, [0, 1, 0]);
      training.step(0);
      return training.sink.needs!(weight);
    };
    expect([needs('full'), needs('unmasked')]).toEqual(['all', Int32Array.of(1)]);
  });
});

test('a bad gradient can skip the step, which the next one makes up for', () => {
  const weight = zeros('layer.weight', 4);
  const before = tf.memory().numTensors;
  const training = selective(descent, { metric: gradient(), schedule: uniform({ budget: 4, steps: 2 }), onBadGradient: 'skip' }).bind([weight]);
  send(training, weight, [1, NaN, 1, 1]);
  expect(training.step(1)).toEqual({ step: 1, unmasked: 0, chosen: 0, shortfall: 2, gradientUpdates: 0, skipped: 'the gradient of layer.weight is not finite in step 1' });
  expect([...weight.read()]).toEqual([0, 0, 0, 0]);
  send(training, weight, [1, 1, 1, 1]);
  expect(training.step(1)).toMatchObject({ step: 2, unmasked: 4, shortfall: 0 });
  expect(training.gradientUpdates).toBe(4);
  expect(tf.memory().numTensors).toBe(before);
});

test('repeat gives entries up at the value they have, and the delta holds all that ever trained', () => {
  const weight = zeros('weight', 4);
  const training = selective(descent, { metric: gradient(), schedule: repeat({ budget: 1 }) }).bind([weight]);
  for (const values of [[3, 1, 1, 0], [1, 1, 2, 0], [9, 1, 1, 0]]) {
    send(training, weight, values);
    expect(training.step(1).unmasked).toBe(1);
  }
  expect([...weight.read()]).toEqual([-12, 0, -2, 0]);
  expect([...training.delta().entries[0].indices]).toEqual([0, 2]);
  expect([training.unmaskedEntries, training.touchedEntries, training.gradientUpdates]).toEqual([1, 2, 3]);
});

test('a metric that is estimated sees samples first, chooses by them, and frees its estimate', () => {
  let sums: Float32Array | undefined;
  const metric: EstimatedMetric = {
    name: 'sum of squares',
    uses: [],
    begin: (size) => { sums = new Float32Array(size); },
    observe(gradients, offset, count, address) {
      for (let i = 0; i < count; i++) sums![address + i] += gradients[offset + i] ** 2;
    },
    end: () => { sums = undefined; },
    score: (_weights, _weightOffset, _gradients, _gradientOffset, count, out, address) => out.set(sums!.subarray(address, address + count)),
  };
  const [first, second] = [zeros('first', 2), zeros('second', 2)];
  const training = selective(descent, { metric, schedule: allAtOnce({ budget: 2 }) }).bind([first, second]);
  expect(training.needsEstimate).toBe(true);
  for (const sample of [[1, -2], [1, 2]]) {
    send({ sink: training.observe }, first, sample);
    send({ sink: training.observe }, second, [sample[1], 0]);
  }
  expect(training.sink.needs!(first)).toEqual(Int32Array.of(1));
  training.step(1);
  expect(training.delta().entries.map(({ indices }) => [...indices])).toEqual([[1], [0]]);
  expect([training.needsEstimate, sums]).toEqual([false, undefined]);
});

test('the backward pass computes what a step needs and no more, with the same result up to rounding', () => {
  const train = (needs: boolean) => {
    const random = new Random(4);
    const [first, second] = [new Linear(40, 30), new Linear(30, 3)];
    for (const layer of [first, second]) {
      for (const parameter of layer.parameters()) parameter.modify((values) => values.forEach((_, i) => (values[i] = random.normal() / 5)));
    }
    const parameters = [...first.parameters(), ...second.parameters()];
    parameters.forEach((parameter, i) => (parameter.name = `p${i}`));
    const training = selective(descent, { metric: d3(), schedule: every(4, uniform({ budget: 20, steps: 8 })) }).bind(parameters);
    const x = tf.tensor2d(Array.from({ length: 8 * 40 }, () => random.normal()), [8, 40]);
    const labels = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32');
    const partial: number[] = [];
    for (let step = 0; step < 8; step++) {
      let received = 0;
      const sink = (parameter: Parameter, gradient: Parameters<typeof training.sink>[1]) => {
        received += gradient.tensor.size;
        training.sink(parameter, gradient);
      };
      const loss = streamGradients(() => crossEntropy(second.forward(tanh(first.forward(x))), labels), needs ? Object.assign(sink, { needs: training.sink.needs }) : sink);
      loss.dispose();
      training.step(0.1);
      partial.push(received);
    }
    expect(training.unmaskedEntries).toBe(20);
    return { partial, weights: parameters.flatMap((parameter) => [...parameter.read()]) };
  };
  const [all, few] = [train(false), train(true)];
  const total = all.weights.length;
  expect(all.partial).toEqual(new Array(8).fill(total));
  few.partial.forEach((received, step) => (step % 4 === 0 ? expect(received).toBe(total) : expect(received).toBeLessThan(total / 4)));
  few.weights.forEach((weight, i) => expect(Math.abs(weight - all.weights[i])).toBeLessThan(1e-6));
});

test.each<[string, () => unknown, string]>([
  ['per', () => selective(descent, { metric: d3(), schedule: allAtOnce({ budget: 1 }), per: 'layer' as 'tensor' }), 'per is "layer": give "model" or "tensor"'],
  ['biasCorrection', () => selective(descent, { metric: d3(), schedule: allAtOnce({ budget: 1 }), biasCorrection: 'none' as 'entry' }), 'biasCorrection is "none"'],
  ['onBadGradient', () => selective(descent, { metric: d3(), schedule: allAtOnce({ budget: 1 }), onBadGradient: 'zero' as 'skip' }), 'onBadGradient is "zero"'],
  ['clip', () => fullFineTuning(descent, { clip: { norm: 0, of: 'full' } }), 'clip.norm is 0'],
  ['clip.of', () => fullFineTuning(descent, { clip: { norm: 1, of: 'all' as 'full' } }), 'clip.of is "all"'],
])('refuses an unknown %s', (_, make, message) => {
  expect(make).toThrow(message);
});
