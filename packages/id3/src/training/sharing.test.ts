import { describe, expect, test } from '@jest/globals';
import { accumulated, gradient, lowRank, magnitude, normalized, random, type ImportanceMetric } from '@unmask/importance';
import { adamw, type UpdateRule } from '@unmask/optimizers';
import { Parameter, Random, tf } from '@unmask/tensor-core';
import fc from 'fast-check';
import { allAtOnce, exchange, selective, uniform, type SelectiveOptions, type SelectiveTraining } from '../index.js';

/** Plain gradient descent, so that an update shows the gradient that the rule was given. */
const descent: UpdateRule = {
  name: 'descent',
  slots: 0,
  apply({ weights, gradients, count }, learningRate) {
    for (let i = 0; i < count; i++) weights[i] -= learningRate * gradients[i];
  },
};

function parameterOf(name: string, shape: readonly number[], values: readonly number[] = Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0)): Parameter {
  const parameter = new Parameter(shape, Float32Array.from(values));
  parameter.name = name;
  return parameter;
}
const send = ({ sink }: SelectiveTraining, parameter: Parameter, values: readonly number[]) => tf.tidy(() => sink(parameter, { tensor: tf.tensor([...values], [...parameter.shape]) }));
const chosenIn = (training: SelectiveTraining) => training.delta().entries.map(({ indices }) => [...indices]);

/** What is chosen of the given gradients, all at once. */
function choose(parameters: readonly Parameter[], gradients: readonly (readonly number[])[], budget: number, options: Partial<SelectiveOptions>): number[][] {
  const training = selective(descent, { metric: gradient(), schedule: allAtOnce({ budget }), ...options }).bind(parameters);
  parameters.forEach((parameter, index) => send(training, parameter, gradients[index]));
  expect(training.step(0).unmasked).toBeLessThanOrEqual(budget);
  return chosenIn(training);
}

describe('budgets', () => {
  test('each row has its share, whatever others score', () => {
    const [matrix, vector] = [parameterOf('matrix', [3, 4]), parameterOf('vector', [4])];
    const gradients = [[9, 8, 7, 6, 1, 2, 0, 0, 3, 4, 5, 4], [1, 1, 1, 2]];
    expect(choose([matrix, vector], gradients, 4, { per: 'row' })).toEqual([[0, 5, 10], [3]]);
  });

  test('tensors have shares by any claim, and those without one have none', () => {
    const [small, large, other] = ['small', 'large', 'other'].map((name, index) => parameterOf(name, [2, 2 + index]));
    const claims: Record<string, number> = { small: 3, large: 1, other: 0 };
    const gradients = [small, large, other].map(({ size }) => Array.from({ length: size }, (_, index) => index + 1));
    expect(choose([small, large, other], gradients, 4, { per: ({ name }) => claims[name] })).toEqual([[1, 2, 3], [5]]);
    expect(() => choose([small, other], [gradients[0], gradients[2]], 5, { per: ({ name }) => claims[name] })).toThrow('exceeds the 4 that can be selected');
    expect(() => choose([small], [gradients[0]], 1, { per: () => NaN })).toThrow('the claim of small to the budget is NaN');
  });

  test('rows and columns are chosen as a whole, and count as many entries as they have', () => {
    const gradients = [1, 2, 9, 0, 5, 5, 5, 5, 0, 1, 0, 0];
    const matrix = () => parameterOf('matrix', [3, 4]);
    expect(choose([matrix()], [gradients], 4, { unit: 'row' })).toEqual([[4, 5, 6, 7]]);
    expect(choose([matrix()], [gradients], 7, { unit: 'row' })).toEqual([[4, 5, 6, 7]]); // no other row fits
    expect(choose([matrix()], [gradients], 6, { unit: 'column' })).toEqual([[1, 2, 5, 6, 9, 10]]);
  });

  test('structured choices stay within the budget and never take a part of a row', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 6 })), { minLength: 1, maxLength: 3 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('row' as const, 'column' as const), fc.integer(), (shapes, share, unit, seed) => {
        const parameters = shapes.map((shape, index) => parameterOf(`p${index}`, shape));
        const budget = Math.floor(share * parameters.reduce((sum, { size }) => sum + size, 0));
        const training = selective(descent, { metric: random({ seed }), schedule: uniform({ budget, steps: 3 }), unit }).bind(parameters);
        for (let step = 0; step < 4; step++) expect(training.step(0).unmasked).toBeLessThanOrEqual(budget);
        for (const { shape: [, columns], indices } of training.delta().entries) {
          const counts = new Map<number, number>();
          for (const index of indices) counts.set(unit === 'row' ? Math.floor(index / columns) : index % columns, (counts.get(unit === 'row' ? Math.floor(index / columns) : index % columns) ?? 0) + 1);
          const [rows] = parameters.find(({ shape }) => shape[1] === columns)!.shape;
          if (parameters.filter(({ shape }) => shape[1] === columns).length === 1) expect([...counts.values()].every((count) => count === (unit === 'row' ? columns : rows))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('exchanges', () => {
  test('those that changed least go back to what they were, the others keep their state, and others come', () => {
    const weight = parameterOf('weight', [6], [1, 2, 3, 4, 5, 6]);
    const training = selective(descent, { metric: gradient(), schedule: exchange({ budget: 3, steps: 10, every: 2, rate: 1 / 2 }) }).bind([weight]);
    send(training, weight, [3, 2, 1, 0, 0, 0]);
    training.step(1);
    expect([...weight.read()]).toEqual([-2, 0, 2, 4, 5, 6]);
    send(training, weight, [1, 1, 1, 0, 0, 0]);
    training.step(1);
    send(training, weight, [1, 1, 1, 0, 9, 0]); // ½·0.7·3 = 1 entry, of which the third has changed least
    expect(training.step(1)).toMatchObject({ unmasked: 3, shortfall: 0 });
    expect([...weight.read()]).toEqual([-4, -2, 3, 4, -4, 6]);
    expect(chosenIn(training)).toEqual([[0, 1, 4]]);
  });

  test('hold the budget at every step, and change no more entries than that', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom('model' as const, 'tensor' as const, 'row' as const), (seed, budget, k, per) => {
        const source = new Random(seed);
        const parameters = [[4, 5], [2, 5], [7]].map((shape, index) => parameterOf(`p${index}`, shape, Array.from({ length: shape.reduce((a, b) => a * b) }, () => source.normal())));
        const before = parameters.map((parameter) => parameter.read().slice());
        const training = selective(adamw(), { metric: accumulated(gradient()), schedule: exchange({ budget, steps: 9, every: k, rate: 0.5 }), per }).bind(parameters);
        for (let step = 1; step <= 9; step++) {
          for (const parameter of parameters) send(training, parameter, Array.from({ length: parameter.size }, () => source.normal()));
          expect(training.step(0.01).unmasked).toBe(budget);
        }
        const changed = parameters.reduce((sum, parameter, index) => sum + parameter.read().filter((value, entry) => value !== before[index][entry]).length, 0);
        expect(changed).toBeLessThanOrEqual(budget);
        expect(chosenIn(training).flat()).toHaveLength(budget);
      }),
      { numRuns: 25 },
    );
  });

  test('go on after an interruption with the values that there were before the training', () => {
    const run = (interrupted: boolean) => {
      const make = () => parameterOf('weight', [8], [1, 2, 3, 4, 5, 6, 7, 8]);
      const strategy = selective(adamw(), { metric: gradient(), schedule: exchange({ budget: 4, steps: 8, every: 2, rate: 0.9 }) });
      const source = new Random(3);
      let weight = make();
      let training = strategy.bind([weight]);
      for (let step = 1; step <= 8; step++) {
        if (interrupted && step === 4) {
          const state = training.state();
          weight = make();
          training = strategy.bind([weight]);
          training.restore(state);
        }
        send(training, weight, Array.from({ length: 8 }, () => source.normal()));
        training.step(0.1);
      }
      return [...weight.read()];
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe('metrics', () => {
  const scoresOf = (metric: ImportanceMetric, shape: readonly number[], weights: readonly number[], gradients: readonly number[]) => choose([parameterOf('weight', shape, weights)], [gradients], 1, { metric })[0];

  test('accumulated: what gradients sum to since the last choice', () => {
    const weight = parameterOf('weight', [3]);
    const training = selective(descent, { metric: accumulated(gradient()), schedule: (step) => Math.ceil(step / 2) }).bind([weight]); // chooses in steps 1 and 3
    const steps = [[3, 0, 0], [0, 5, -4], [0, -4, -4]];
    for (const gradients of steps) {
      expect(training.sink.needs!(weight)).toBe('all');
      send(training, weight, gradients);
      training.step(1);
    }
    expect(chosenIn(training)).toEqual([[0, 2]]); // of the sums 1 and −8, though each batch had one as large
  });

  test('normalized: no tensor wins by the size of all of its gradients', () => {
    const parameters = [parameterOf('quiet', [3]), parameterOf('loud', [3])];
    const gradients = [[0.1, 0, 0], [5, 5, 6]];
    expect(choose(parameters, gradients, 1, {})).toEqual([[2]]);
    expect(choose(parameters, gradients, 1, { metric: normalized(gradient()) })).toEqual([[0]]);
  });

  test('low-rank: what is large of a matrix of rank r near by', () => {
    // Rank 1 but for a lone large entry.
    const weights = [4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 5];
    expect(scoresOf(magnitude({ keep: 'largest' }), [4, 4], weights, weights)).toEqual([15]);
    expect(scoresOf(lowRank(magnitude({ keep: 'largest' }), { rank: 1, seed: 1 }), [4, 4], weights, weights)[0]).toBeLessThan(9);
    expect(() => lowRank(gradient(), { rank: 0, seed: 1 })).toThrow('an approximation of rank 0');
  });
});
