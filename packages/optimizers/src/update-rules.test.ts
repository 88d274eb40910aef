import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { adamw, lion, sgd, type AdamWOptions, type LionOptions, type SgdOptions, type UpdateRule } from './index.js';

interface Case {
  readonly options: AdamWOptions & SgdOptions & LionOptions;
  readonly initial: number[];
  readonly steps: { learningRate: number; gradients: number[]; weights: number[] }[];
}

const slotsFor = (rule: UpdateRule, count: number) => Array.from({ length: rule.slots }, () => new Float32Array(count));

describe.each([
  { name: 'adamw', make: adamw },
  { name: 'sgd', make: sgd },
  { name: 'lion', make: lion },
])('$name', ({ name, make }) => {
  // Made by tools/reference/optimizers.py.
  const { cases } = JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as { cases: Case[] };

  test.each(cases)('matches the reference with $options', ({ options, initial, steps }) => {
    const rule = make(options);
    const weights = Float32Array.from(initial);
    const slots = slotsFor(rule, weights.length);
    steps.forEach(({ learningRate, gradients, weights: expected }, index) => {
      rule.apply({ weights, gradients: Float32Array.from(gradients), slots, ages: index + 1, count: weights.length }, learningRate);
      // Ours rounds once a step to float32, PyTorch after every operation: a few units in the last place, over eight steps.
      expected.forEach((value, i) => expect(Math.abs(weights[i] - value)).toBeLessThan(6e-7 * Math.max(1, Math.abs(value))));
    });
  });

  test.each(cases)('a number for all ages is the same as equal ages of their own, with $options', ({ options }) => {
    const run = (ages: (step: number) => number | Int32Array) => {
      const rule = make(options);
      const weights = Float32Array.of(1, -2, 0);
      const slots = slotsFor(rule, 3);
      for (let step = 1; step <= 5; step++) rule.apply({ weights, gradients: Float32Array.of(step, -0.1, 0), slots, ages: ages(step), count: 3 }, 0.1);
      return weights;
    };
    expect(run((step) => new Int32Array(3).fill(step))).toEqual(run((step) => step));
  });

  test.each(cases)('touches the first `count` entries alone, with $options', ({ options }) => {
    const rule = make(options);
    const weights = Float32Array.of(1, 1);
    const slots = slotsFor(rule, 2);
    rule.apply({ weights, gradients: Float32Array.of(1, 1), slots, ages: 1, count: 1 }, 0.1);
    expect(weights[0]).not.toBe(1);
    expect([weights[1], ...slots.map((slot) => slot[1])]).toEqual([1, ...slots.map(() => 0)]);
  });
});
