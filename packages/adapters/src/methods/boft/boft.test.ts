import { beforeAll, expect, test } from '@jest/globals';
import { selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { BoftLinear } from './boft.js';
import { parseBoftConfig } from './config.js';

beforeAll(() => selectBackend('cpu'));

const adapterOf = (inputs: number, fields: Record<string, unknown>) => {
  const layer = linearOf([Array.from({ length: inputs }, (_, index) => index + 1)], [10]);
  return { layer, adapter: new BoftLinear(layer, parseBoftConfig(new ConfigFields(fields)), undefined) };
};

test('turns blocks of inputs and scales outputs, but not the bias', () => {
  const { layer, adapter } = adapterOf(4, { boft_block_size: 2 });
  expect(outputsOf(adapter, layer, [1, 1, 1, 1])[0]).toEqual([20]);
  set(adapter.boft_R, 0, 1, -1, 0, 0, 0, 0, 0); // the skew-symmetric part of the first block: a quarter turn
  set(adapter.boft_s, 2);
  // (1, 2, 3, 4)·(R·x) for x = (5, 6, 7, 8): (6, −5, 7, 8), so 49·2 + 10
  expect(outputsOf(adapter, layer, [5, 6, 7, 8])).toEqual([[108], [108]]);
});

test('several factors mix what one does not reach', () => {
  const reached = (factors: number) => {
    const { adapter, layer } = adapterOf(8, { boft_block_size: 2, boft_n_butterfly_factor: factors });
    adapter.boft_R.modify((values) => values.forEach((_, index) => (values[index] = (index % 7) / 10)));
    layer.weight.modify((values) => values.set([1, 0, 0, 0, 0, 0, 0, 0]));
    outputsOf(adapter, layer, [0, 0, 0, 0, 0, 0, 0, 0]);
    return layer.weight.read().filter((value) => value !== 0).length;
  };
  expect([1, 2, 3].map(reached)).toEqual([2, 4, 8]);
});

test('says which blocks do not fit', () => {
  expect(() => adapterOf(6, { boft_block_size: 4 })).toThrow('a layer of 6 inputs does not make blocks of 4: choose a divisor');
  expect(() => adapterOf(6, { boft_block_size: 2, boft_n_butterfly_factor: 2 })).toThrow('whose number 2 divides, not 3 of 2');
  expect(() => adapterOf(6, { boft_block_size: 0 })).toThrow('one of them has to be 0');
});
