import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allAtOnce, cosine, every, exponential, increment, linear, repeat, staircase, uniform, type Pacing } from '../index.js';

const PACINGS: Record<string, Pacing> = {
  linear,
  cosine,
  exponential: exponential(),
  'rising exponential': exponential(-4),
  staircase: staircase(3),
  'one of the user': (x) => x ** 3,
};
const run = (schedule: (step: number) => number, steps: number) => Array.from({ length: steps + 1 }, (_, step) => schedule(step));
const budgets = [fc.nat(10_000), fc.integer({ min: 1, max: 300 })] as const;

test('uniform spreads the budget exactly and evenly, larger shares first', () => {
  fc.assert(
    fc.property(...budgets, (budget, steps) => {
      const schedule = uniform({ budget, steps });
      const shares = Array.from({ length: steps }, (_, step) => schedule(step + 1) - schedule(step));
      expect(schedule(0)).toBe(0);
      expect([schedule(steps), schedule(steps + 9), schedule.budget]).toEqual([budget, budget, budget]);
      expect(shares).toEqual(shares.toSorted((left, right) => right - left));
      expect(shares[0] - shares[steps - 1]).toBeLessThanOrEqual(1);
    }),
  );
  const updates = run(uniform({ budget: 107, steps: 10 }), 10).reduce((sum, count) => sum + count);
  expect(updates).toBe(599);
});

test.each(Object.keys(PACINGS))('%s pacing starts at 0, never falls, and ends at the budget', (name) => {
  fc.assert(
    fc.property(...budgets, (budget, steps) => {
      const schedule = increment({ budget, steps, pacing: PACINGS[name] });
      const counts = run(schedule, steps);
      expect(counts[0]).toBe(0);
      expect(counts).toEqual(counts.toSorted((left, right) => left - right));
      expect(counts.every(Number.isInteger)).toBe(true);
      expect([counts[steps], schedule(steps + 5), schedule.budget]).toEqual([budget, budget, budget]);
    }),
  );
});

test('pacings by hand', () => {
  const counts = (pacing: Pacing) => run(increment({ budget: 100, steps: 4, pacing }), 4);
  expect(counts(linear)).toEqual([0, 44, 75, 94, 100]);
  expect(counts(cosine)).toEqual([0, 48, 82, 98, 100]);
  expect(counts(exponential(3))).toEqual([0, 56, 82, 94, 100]);
  expect(counts(staircase(2))).toEqual([0, 50, 50, 100, 100]);
});

test('allAtOnce gives all in the first step, and repeat renews it in each', () => {
  expect(run(allAtOnce({ budget: 5 }), 2)).toEqual([0, 5, 5]);
  expect(run(repeat({ budget: 5 }), 2)).toEqual([0, 5, 5]);
  expect([allAtOnce({ budget: 5 }).renews, repeat({ budget: 5 }).renews?.(3)]).toEqual([undefined, true]);
});

describe('every', () => {
  test('chooses in every k-th step for the k steps from there, and ends at the budget', () => {
    expect(run(every(3, uniform({ budget: 10, steps: 10 })), 11)).toEqual([0, 3, 3, 3, 6, 6, 6, 9, 9, 9, 10, 10]);
    fc.assert(
      fc.property(...budgets, fc.integer({ min: 1, max: 40 }), (budget, steps, k) => {
        const counts = run(every(k, uniform({ budget, steps })), steps);
        expect(counts.at(-1)).toBe(budget);
        counts.forEach((count, step) => { if (step > 0 && step % k !== 1 % k) expect(count).toBe(counts[step - 1]); });
      }),
    );
  });

  test('renews in those steps only', () => {
    const schedule = every(3, repeat({ budget: 2 }));
    expect([1, 2, 3, 4, 5, 6, 7].map((step) => schedule.renews!(step))).toEqual([true, false, false, true, false, false, true]);
    expect(every(1, repeat({ budget: 2 })).renews!(5)).toBe(true);
    expect(every(2, uniform({ budget: 1, steps: 1 })).renews).toBeUndefined();
  });
});

test.each<[string, () => unknown]>([
  ['a negative budget', () => uniform({ budget: -1, steps: 1 })],
  ['a fractional budget', () => allAtOnce({ budget: 1.5 })],
  ['no steps', () => increment({ budget: 1, steps: 0, pacing: linear })],
  ['no interval', () => every(0, repeat({ budget: 1 }))],
  ['no stages', () => staircase(0)],
  ['a rate of zero', () => exponential(0)],
])('refuses %s', (_, make) => {
  expect(make).toThrow('give a');
});

test.each<[string, Pacing]>([
  ['falls', (x) => 1 - x],
  ['leaves [0, 1]', (x) => 2 * x],
  ['is not a number', () => NaN],
])('refuses a pacing that %s', (_, pacing) => {
  expect(() => increment({ budget: 10, steps: 5, pacing })).toThrow('it must rise from 0 to 1 and never fall');
});
