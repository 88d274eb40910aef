import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { adamw, type AdamWOptions } from './adamw.js';

interface Case {
  readonly options: AdamWOptions;
  readonly initial: number[];
  readonly steps: { learningRate: number; gradients: number[]; weights: number[] }[];
}

const reference = JSON.parse(readFileSync(new URL('../fixtures/adamw.json', import.meta.url), 'utf8')) as { cases: Case[] };
const slotsFor = (count: number) => [new Float32Array(count), new Float32Array(count)];

describe('adamw', () => {
  test.each(reference.cases)('matches PyTorch with $options', ({ options, initial, steps }) => {
    const rule = adamw(options);
    const weights = Float32Array.from(initial);
    const slots = slotsFor(weights.length);
    steps.forEach(({ learningRate, gradients, weights: expected }, index) => {
      rule.apply({ weights, gradients: Float32Array.from(gradients), slots, ages: index + 1, count: weights.length }, learningRate);
      // Ours rounds once a step to float32, PyTorch after every operation: a few units in the last place, over eight steps.
      expected.forEach((value, i) => expect(Math.abs(weights[i] - value)).toBeLessThan(6e-7 * Math.max(1, Math.abs(value))));
    });
  });

  test('a number for all ages is the same as equal ages of their own', () => {
    const run = (ages: (step: number) => number | Int32Array) => {
      const rule = adamw();
      const weights = Float32Array.of(1, -2, 0);
      const slots = slotsFor(3);
      for (let step = 1; step <= 5; step++) rule.apply({ weights, gradients: Float32Array.of(step, -0.1, 0), slots, ages: ages(step), count: 3 }, 0.1);
      return weights;
    };
    expect(run((step) => new Int32Array(3).fill(step))).toEqual(run((step) => step));
  });

  test("an entry's first update is the learning rate, whatever the others' ages", () => {
    const weights = Float32Array.of(0, 0);
    adamw({ weightDecay: 0 }).apply({ weights, gradients: Float32Array.of(5, 5), slots: slotsFor(2), ages: Int32Array.of(1, 1000), count: 2 }, 0.5);
    expect(weights[0]).toBeCloseTo(-0.5, 6);
    expect(weights[1]).toBeLessThan(-1);
  });

  test('touches the first `count` entries alone', () => {
    const weights = Float32Array.of(1, 1);
    adamw().apply({ weights, gradients: Float32Array.of(1, 1), slots: slotsFor(2), ages: 1, count: 1 }, 0.1);
    expect(weights[1]).toBe(1);
  });

  test.each([{ beta1: 1 }, { beta2: -0.1 }, { epsilon: NaN }, { weightDecay: -1 }])('refuses %p', (options) => {
    expect(() => adamw(options)).toThrow(/adamw is/);
  });
});
