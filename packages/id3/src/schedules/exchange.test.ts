import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { every, exchange } from '../index.js';

test('the whole budget is there from the first step on, and less and less of it is exchanged', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (budget, steps, every, rate) => {
      const schedule = exchange({ budget, steps, every, rate });
      expect([schedule(0), schedule(1), schedule(steps), schedule.budget]).toEqual([0, budget, budget, budget]);
      const shares = Array.from({ length: steps + 5 }, (_, index) => schedule.exchanges!(index + 1));
      expect(shares[0]).toBe(0);
      const positive = shares.filter((share) => share > 0);
      expect(positive).toEqual(positive.toSorted((left, right) => right - left));
      expect(positive.every((share) => share <= rate)).toBe(true);
      expect(shares.slice(steps - 1).every((share) => share === 0)).toBe(true);
      shares.forEach((share, index) => { if (index % every !== 0) expect(share).toBe(0); });
    }),
  );
  expect([1, 2, 3, 4, 5].map(exchange({ budget: 9, steps: 10, every: 2, rate: 0.5 }).exchanges!)).toEqual([0, 0, 0.35, 0, 0.25]);
});

test('every passes over exchanges between its steps', () => {
  const schedule = every(3, exchange({ budget: 5, steps: 10, every: 1, rate: 0.5 }));
  expect([2, 3, 4, 5].map((step) => schedule.exchanges!(step))).toEqual([0, 0, 0.3, 0]);
});

test.each([
  [{ every: 0 }, 'an exchange in every 0 steps'],
  [{ rate: 0 }, 'the rate of an exchange is 0'],
  [{ rate: 1.5 }, 'the rate of an exchange is 1.5'],
  [{ steps: 0 }, 'a schedule over 0 steps'],
])('refuses %j', (options, message) => {
  expect(() => exchange({ budget: 5, steps: 10, every: 2, ...options })).toThrow(message);
});
