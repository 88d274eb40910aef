import { expect, test } from '@jest/globals';
import { Parameter, tf } from '@unmask/tensor-core';
import { deltaStatistics, type Delta } from '../index.js';

const parameter = (name: string, shape: number[], values: number[]) => Object.assign(new Parameter(shape, Float32Array.from(values)), { name });
const base = [parameter('a', [2, 3], [0, 1, 2, 3, 4, 5]), parameter('head', [2], [1, 0]), parameter('b', [2], [6, 7])];
const delta: Delta = {
  entries: [
    { name: 'a', shape: [2, 3], indices: Int32Array.of(0, 2, 5), values: Float32Array.of(-0, 2, 8) },
    { name: 'b', shape: [2], indices: Int32Array.of(1), values: Float32Array.of(6.5) },
  ],
  dense: [{ name: 'head', shape: [2], values: Float32Array.of(1, 4) }],
};

test('counts entries, and with a base how far they moved', () => {
  const { numTensors } = tf.memory();
  expect(deltaStatistics(delta, base)).toEqual({
    parameters: [
      { name: 'a', shape: [2, 3], dense: false, count: 3, shareOfParameter: 0.5, shareOfDelta: 0.5, change: { mean: 1, max: 3, unchanged: 1 } },
      { name: 'b', shape: [2], dense: false, count: 1, shareOfParameter: 0.5, shareOfDelta: 1 / 6, change: { mean: 0.5, max: 0.5, unchanged: 0 } },
      { name: 'head', shape: [2], dense: true, count: 2, shareOfParameter: 1, shareOfDelta: 2 / 6, change: { mean: 2, max: 4, unchanged: 1 } },
    ],
    total: { count: 6, dense: 2, size: 10, share: 0.6, change: { mean: 7.5 / 6, max: 4, unchanged: 2 } },
  });
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('counts entries without a base; an empty delta has none', () => {
  const { parameters, total } = deltaStatistics({ entries: delta.entries, dense: [] });
  expect(parameters[0]).toEqual({ name: 'a', shape: [2, 3], dense: false, count: 3, shareOfParameter: 0.5, shareOfDelta: 0.75 });
  expect(total).toEqual({ count: 4, dense: 0, size: 8, share: 0.5 });
  expect(deltaStatistics({ entries: [], dense: [] })).toEqual({ parameters: [], total: { count: 0, dense: 0, size: 0, share: 0 } });
});

test.each<[string, Delta]>([
  ['"c", which the model does not have', { entries: [{ ...delta.entries[0], name: 'c' }], dense: [] }],
  ['of shape [3, 2], the model of shape [2, 3]', { entries: [{ ...delta.entries[0], shape: [3, 2] }], dense: [] }],
  ['index 9 after -1', { entries: [{ ...delta.entries[1], indices: Int32Array.of(9) }], dense: [] }],
])('refuses a delta that does not fit: %s', (message, bad) => {
  expect(() => deltaStatistics(bad, base)).toThrow(message);
});
