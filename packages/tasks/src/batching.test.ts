import { describe, expect, test } from '@jest/globals';
import { Random } from '@unmask/tensor-core';
import fc from 'fast-check';
import { epochBatches } from './batching.js';

const epoch = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 500 }),
  batchSize: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer(),
});

describe('epochBatches', () => {
  test('gives each index once, in full batches but for one', () => {
    fc.assert(
      fc.property(epoch, ({ lengths, batchSize, seed }) => {
        const batches = epochBatches(lengths, batchSize, new Random(seed));
        expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
        expect(batches.length).toBe(Math.ceil(lengths.length / batchSize));
        expect(batches.filter((batch) => batch.length !== batchSize).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('depends on nothing but the lengths, the size and the generator', () => {
    fc.assert(
      fc.property(epoch, ({ lengths, batchSize, seed }) => {
        expect(epochBatches(lengths, batchSize, new Random(seed))).toEqual(epochBatches(lengths, batchSize, new Random(seed)));
      }),
    );
  });

  test('pads less than batches in plain random order, and differs from epoch to epoch', () => {
    const random = new Random(1);
    const lengths = Array.from({ length: 1000 }, () => 1 + random.integer(100));
    const padded = (batches: number[][]) => batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((index) => lengths[index])), 0);
    const inFileOrder = Array.from({ length: 63 }, (_, batch) => lengths.map((_, index) => index).slice(batch * 16, batch * 16 + 16));
    const first = epochBatches(lengths, 16, random);
    expect(padded(first)).toBeLessThan(0.65 * padded(inFileOrder));
    expect(epochBatches(lengths, 16, random)).not.toEqual(first);
  });

  test.each([0, -1, 1.5, NaN])('refuses a batch size of %p', (size) => {
    expect(() => epochBatches([1], size, new Random(1))).toThrow(`batch size ${size}: give a whole number of at least 1`);
  });
});
