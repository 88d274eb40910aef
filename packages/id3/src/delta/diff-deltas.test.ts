import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Parameter, tf } from '@unmask/tensor-core';
import { diffDeltas, type Delta } from '../index.js';

const parameter = (name: string, shape: number[], values: number[]) => Object.assign(new Parameter(shape, Float32Array.from(values)), { name });
const sparse = (name: string, shape: number[], entries: Record<number, number>) => ({
  name, shape, indices: Int32Array.from(Object.keys(entries), Number), values: Float32Array.from(Object.values(entries)),
});
const base = [parameter('w', [2, 3], [1, 1, 1, 2, 2, 2]), parameter('v', [2], [0, 0]), parameter('head', [2], [0, 1])];
const a: Delta = { entries: [sparse('w', [2, 3], { 0: 2, 2: 0, 3: 5 }), sparse('v', [2], { 0: 1 })], dense: [{ name: 'head', shape: [2], values: Float32Array.of(1, 3) }] };
const b: Delta = { entries: [sparse('w', [2, 3], { 0: 3, 1: 7, 2: -1, 3: 8 }), sparse('head', [2], { 1: 4 })], dense: [] };

test('counts entries of both, finds the largest difference, and correlates changes', () => {
  const { numTensors } = tf.memory();
  const { parameters, total } = diffDeltas(a, b, base);
  expect(parameters).toEqual([
    // Changes of w: 1, −1, 3 and 2, −2, 6.
    { name: 'w', shape: [2, 3], both: 3, onlyA: 0, onlyB: 1, jaccard: 0.75, maxDifference: 3, correlation: expect.closeTo(1, 12) },
    { name: 'v', shape: [2], both: 0, onlyA: 1, onlyB: 0, jaccard: 0, maxDifference: 0, correlation: NaN },
    { name: 'head', shape: [2], both: 1, onlyA: 1, onlyB: 0, jaccard: 0.5, maxDifference: 1, correlation: NaN },
  ]);
  // All changes of both: 1, −1, 3, 2 and 2, −2, 6, 3.
  const [squaresA, squaresB, products] = [15 - 25 / 4, 53 - 81 / 4, 28 - 45 / 4];
  expect(total).toMatchObject({ both: 4, onlyA: 2, onlyB: 1, jaccard: 4 / 7, maxDifference: 3 });
  expect(total.correlation).toBeCloseTo(products / Math.sqrt(squaresA * squaresB), 12);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('without a base, no correlation; a delta equals itself, an empty one too', () => {
  expect(diffDeltas(a, a).total).toEqual({ both: 6, onlyA: 0, onlyB: 0, jaccard: 1, maxDifference: 0 });
  expect(diffDeltas(a, a, base).total.correlation).toBeCloseTo(1, 12);
  const none = { entries: [], dense: [] };
  expect(diffDeltas(none, none)).toEqual({ parameters: [], total: { both: 0, onlyA: 0, onlyB: 0, jaccard: 1, maxDifference: 0 } });
});

test('agrees with sets, whatever the entries are', () => {
  const indices = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 }).map((list) => Int32Array.from(list).sort());
  const delta = (chosen: Int32Array): Delta => ({ entries: [{ name: 'w', shape: [31], indices: chosen, values: Float32Array.from(chosen, (index) => index % 5) }], dense: [] });
  fc.assert(fc.property(indices, indices, (left, right) => {
    const [setA, setB] = [new Set(left), new Set(right)];
    const both = [...setA].filter((index) => setB.has(index)).length;
    expect(diffDeltas(delta(left), delta(right)).parameters[0]).toMatchObject({ both, onlyA: setA.size - both, onlyB: setB.size - both, maxDifference: 0 });
  }));
});

test.each<[string, Delta, readonly Parameter[] | undefined]>([
  ['"w" has shape [2, 3] in the first delta and [3, 2] in the second', { entries: [sparse('w', [3, 2], { 0: 1 })], dense: [] }, undefined],
  ['"x", which the model does not have', { entries: [sparse('x', [1], { 0: 1 })], dense: [] }, base],
  ['index 6 after -1', { entries: [sparse('w', [2, 3], { 6: 1 })], dense: [] }, undefined],
])('refuses deltas that do not belong together: %s', (message, bad, given) => {
  expect(() => diffDeltas(a, bad, given)).toThrow(message);
});
