import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseMissConfig } from './config.js';
import { BatLinear, MissLinear } from './miss.js';

beforeAll(() => selectBackend('cpu'));

const configOf = (fields: Record<string, unknown>) => parseMissConfig(new ConfigFields(fields));

test('sums every r-th input, zeros after the last', () => {
  const layer = linearOf([[0, 0, 0], [0, 0, 0]], [1, 1]);
  const adapter = new MissLinear(layer, configOf({ r: 2 }), new Random(1));
  set(adapter.miss_block, 1, 2, 3, 4);
  // z = (1 + 3, 2), D·z = (1·4 + 3·2, 2·4 + 4·2)
  expect(outputsOf(adapter, layer, [1, 2, 3])).toEqual([[11, 17], [11, 17]]);
});

test('repeats outputs', () => {
  const layer = linearOf([[0, 0], [0, 0]]);
  const adapter = new MissLinear(layer, configOf({ r: 1, mini_r: 1, init_weights: 'mini' }), new Random(1));
  set(adapter.miss_block, 2);
  expect(outputsOf(adapter, layer, [1, 2])).toEqual([[6, 6], [6, 6]]);
});

test('multiplies blocks of the weight', () => {
  const layer = linearOf([[1, 2, 3, 4], [5, 6, 7, 8]]);
  const adapter = new BatLinear(layer, configOf({ r: 2, init_weights: 'bat' }));
  set(adapter.miss_block, 1, 0, 0, 0);
  // W·D + D keeps the first column of each block and adds 1 at its corner: [[1 + 1, 0, 3 + 1, 0], [5, 0, 7, 0]]
  expect(outputsOf(adapter, layer, [1, 1, 1, 1])).toEqual([[16, 38], [16, 38]]);
});

test('says which sizes do not fit', () => {
  const layer = linearOf([[0, 0, 0], [0, 0, 0]]);
  expect(() => new MissLinear(layer, configOf({ r: 4 }), new Random(1))).toThrow('r is 4, but a layer has 3 inputs');
  expect(() => new MissLinear(layer, configOf({ r: 1, mini_r: 3, init_weights: 'mini' }), new Random(1))).toThrow('mini_r is 3, which does not divide the 2 outputs');
  expect(() => new BatLinear(layer, configOf({ r: 2, init_weights: 'bat' }))).toThrow('takes an r that divides 3 inputs and 2 outputs, not 2');
});
