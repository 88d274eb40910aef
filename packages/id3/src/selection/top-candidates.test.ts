import { expect, test } from '@jest/globals';
import { Random } from '@unmask/tensor-core';
import fc from 'fast-check';
import { TopCandidates } from './top-candidates.js';

test('keeps the best of a long stream exactly, in any order of blocks and with any number of ties', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 700 }), fc.integer({ min: 700, max: 9000 }), fc.constantFrom(1, 3, 50, 2 ** 24), (seed, keep, total, distinct) => {
      const random = new Random(seed);
      const scores = Float32Array.from({ length: total }, () => random.integer(distinct) / 7);
      const gradients = Float32Array.from({ length: total }, () => random.normal());
      const candidates = new TopCandidates(keep, total);
      const blocks = random.shuffle(Array.from({ length: Math.ceil(total / 333) }, (_, block) => block * 333));
      for (const start of blocks) {
        const count = Math.min(333, total - start);
        expect(candidates.offer(scores.subarray(start), count, start, gradients, start)).toBe(true);
      }
      const best = Array.from(scores.keys()).filter((i) => scores[i] > 0).sort((i, j) => scores[j] - scores[i] || i - j).slice(0, keep).sort((i, j) => i - j);
      const chosen = candidates.take();
      expect([...chosen.addresses]).toEqual(best);
      expect([...chosen.gradients]).toEqual(best.map((i) => gradients[i]));
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('sorts addresses beyond 2^31 as unsigned numbers', () => {
  const candidates = new TopCandidates(3, 10);
  for (const address of [2 ** 32 - 1, 5, 2 ** 31]) candidates.offer(Float32Array.of(1), 1, address, undefined, 0);
  expect([...candidates.take().addresses]).toEqual([5, 2 ** 31, 2 ** 32 - 1]);
});

test('ignores NaN scores of sound gradients and notices unsound gradients', () => {
  const candidates = new TopCandidates(2, 10);
  expect(candidates.offer(Float32Array.of(NaN, 1, 0, -1), 4, 0, Float32Array.of(0, 1, 0, 1), 0)).toBe(true);
  expect([...candidates.take().addresses]).toEqual([1]);
  expect(candidates.offer(Float32Array.of(NaN), 1, 4, Float32Array.of(NaN), 0)).toBe(false);
  expect(candidates.offer(Float32Array.of(Infinity), 1, 4, Float32Array.of(-Infinity), 0)).toBe(false);
});
