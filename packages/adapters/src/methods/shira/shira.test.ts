import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseShiraConfig } from './config.js';
import { ShiraLinear } from './shira.js';

beforeAll(() => selectBackend('cpu'));

const adapterOf = (fields: Record<string, unknown>) => {
  const layer = linearOf([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 1, 1]);
  return { layer, adapter: new ShiraLinear(layer, parseShiraConfig(new ConfigFields(fields)), new Random(1)) };
};

test('adds to the entries of any mask', () => {
  const { layer, adapter } = adapterOf({ r: 1 });
  adapter.entries = Int32Array.of(0, 1, 2, 3, 4, 8);
  set(adapter.shira_weight, 1, 2, 3, 4, 5, 6);
  // W + ΔW = [[2, 2, 3], [4, 6, 0], [0, 0, 7]]
  expect(outputsOf(adapter, layer, [1, 10, 100])).toEqual([[323, 65, 701], [323, 65, 701]]);
  expect([...adapter.indexTensors[0].read()]).toEqual([0, 0, 0, 1, 1, 2, 0, 1, 2, 0, 1, 2]);
});

test('a seed gives the mask that PyTorch draws', () => {
  const { adapter } = adapterOf({ r: 1, random_seed: 0 });
  expect([...adapter.entries]).toEqual([0, 1, 2, 3, 7, 8]); // torch.randperm(9)[:6], sorted
});

test('says what a mask lacks', () => {
  const { adapter } = adapterOf({ r: 1 });
  expect(() => (adapter.entries = Int32Array.of(1))).toThrow('SHiRA takes 6 ascending indices of entries below 9, not 1');
  expect(() => (adapter.entries = Int32Array.of(0, 1, 2, 3, 4, 9))).toThrow('with 9 at 5');
  expect(() => adapterOf({ r: 2 })).toThrow('r is 2, which takes 12 entries, but a weight has 9');
});
