import { expect, test } from '@jest/globals';
import { constructWithin, LayerNorm, Linear, Parameter, tf } from './index.js';

const LIMIT = { parameters: 3, scalars: 100 };

test('what stays within the limit is made as always', () => {
  const layer = constructWithin(LIMIT, () => new Linear(9, 10));
  expect(layer.weight.read()).toHaveLength(90);
  layer.dispose();
});

test.each<[string, () => unknown]>([
  ['too many scalars', () => new Linear(10, 10)],
  ['too many parameters', () => [new Linear(1, 1), new LayerNorm(1, 0.1)]],
  ['more than memory holds', () => new Parameter([1e12, 1e12])],
  ['infinitely many', () => new Parameter([Infinity])],
])('%s are refused, and what was made is freed', (_, construct) => {
  const before = tf.memory().numTensors;
  expect(() => constructWithin(LIMIT, construct)).toThrow('is larger than the 3 parameters of 100 scalars in all that it may have');
  expect(tf.memory().numTensors).toBe(before);
});

test('another error frees what was made as well, and the limit ends with the construction', () => {
  const before = tf.memory().numTensors;
  const broken = () => {
    new Linear(2, 2);
    throw new RangeError('broken');
  };
  expect(() => constructWithin(LIMIT, broken)).toThrow('broken');
  expect(tf.memory().numTensors).toBe(before);
  new Linear(20, 20).dispose();
});
