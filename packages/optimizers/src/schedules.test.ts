import { expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { constant, cosineDecay, linearDecay } from './schedules.js';

test('constant is 1', () => {
  expect(constant()(7)).toBe(1);
  expect([1, 2, 3, 9].map(constant({ steps: 9, warmup: 2 }))).toEqual([1 / 3, 2 / 3, 1, 1]);
});

test('cosineDecay warms up as linearDecay does and falls by half at half of the steps left', () => {
  const [cosine, linear] = [cosineDecay({ steps: 10, warmup: 2 }), linearDecay({ steps: 10, warmup: 2 })];
  expect([1, 2, 3].map(cosine)).toEqual([1, 2, 3].map(linear));
  expect(cosine(7)).toBeCloseTo(0.5);
  expect(cosine(10)).toBeCloseTo((1 - Math.cos(Math.PI / 8)) / 2);
  expect(cosine(11)).toBe(0);
});

test('linearDecay rises, peaks at 1 and falls, without a step of zero', () => {
  const schedule = linearDecay({ steps: 6, warmup: 2 });
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(schedule)).toEqual([1 / 3, 2 / 3, 1, 0.75, 0.5, 0.25, 0, 0]);
  expect([1, 2].map(linearDecay({ steps: 2 }))).toEqual([1, 0.5]);
});

test.each([{ steps: 0 }, { steps: 1.5 }, { steps: 3, warmup: 3 }, { steps: 3, warmup: -1 }])('linearDecay refuses %p', (options) => {
  expect(() => linearDecay(options)).toThrow(UnmaskError);
});
