import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allAtOnce, uniform } from './schedule.js';

test('uniform spreads the budget exactly and evenly, larger shares first', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 300 }), (budget, steps) => {
      const schedule = uniform({ budget, steps });
      const shares = Array.from({ length: steps }, (_, step) => schedule(step + 1) - schedule(step));
      expect(schedule(0)).toBe(0);
      expect([schedule(steps), schedule(steps + 9), schedule.budget]).toEqual([budget, budget, budget]);
      expect(shares).toEqual(shares.toSorted((left, right) => right - left));
      expect(shares[0] - shares[steps - 1]).toBeLessThanOrEqual(1);
    }),
  );
  const updates = Array.from({ length: 10 }, (_, step) => uniform({ budget: 107, steps: 10 })(step + 1)).reduce((sum, count) => sum + count);
  expect(updates).toBe(599);
});

test('allAtOnce gives all in the first step', () => {
  expect([0, 1, 2].map(allAtOnce({ budget: 5 }))).toEqual([0, 5, 5]);
});

test.each([{ budget: -1, steps: 1 }, { budget: 1.5, steps: 1 }, { budget: 1, steps: 0 }])('refuses %p', (options) => {
  expect(() => uniform(options)).toThrow('give ');
});
