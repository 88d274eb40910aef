import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseSupertuningConfig } from './config.js';
import { SupertuningLinear } from './supertuning.js';

beforeAll(() => selectBackend('cpu'));

const adapterOf = (fields: Record<string, unknown>) => {
  const layer = linearOf([[1, -5, 2], [0, 4, -3]], [0, 0]);
  return { layer, adapter: new SupertuningLinear(layer, parseSupertuningConfig(new ConfigFields(fields)), new Random(1)) };
};

test('trains the largest entries, or the smallest', () => {
  expect([...adapterOf({ sparsity: 0.5 }).adapter.indexTensors[0].read()]).toEqual([1, 4, 5]);
  const { layer, adapter } = adapterOf({ sparsity: 0.5, select_top: false });
  expect([...adapter.indexTensors[0].read()]).toEqual([3, 0, 2]);
  set(adapter.supertuning_values, 7, 1, 1);
  // W + ΔW = [[2, −5, 3], [7, 4, −3]]
  expect(outputsOf(adapter, layer, [1, 1, 1])).toEqual([[0, 8], [0, 8]]);
});

test('goes beside LoRA', () => {
  const { layer, adapter } = adapterOf({ sparsity: 0.5, r: 1 });
  set(adapter.supertuning_lora_A?.weight, 1, 1, 1);
  set(adapter.supertuning_lora_B?.weight, 1, 2); // of scale 2
  expect(outputsOf(adapter, layer, [1, 1, 1])).toEqual([[4, 13], [4, 13]]);
});

test('says what leaves nothing to train', () => {
  expect(() => adapterOf({ sparsity: 0.9 })).toThrow('sparsity 0.9 leaves no entry of a weight of 6');
  expect(() => adapterOf({ lora_alpha: 4 })).toThrow('lora_alpha is given without r');
});
