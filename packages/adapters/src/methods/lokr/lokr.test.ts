import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { lycorisOptions } from '../../parts/lycoris.js';
import { parseLoKrConfig } from './config.js';
import { factorization, LoKrLinear } from './lokr.js';

beforeAll(() => selectBackend('cpu'));

test('makes a Kronecker product', () => {
  const layer = linearOf([[0, 0, 0, 0], [0, 0, 0, 0]], [1, 1]);
  const config = parseLoKrConfig(new ConfigFields({ r: 1, alpha: 1 }));
  const adapter = new LoKrLinear(layer, lycorisOptions('', config, false), config, new Random(1));
  set(adapter.lokr_w1, 1, 2); // [1, 2]
  set(adapter.lokr_w2, 1, 2, 3, 4); // [2, 2]
  // ΔW = [[1, 2, 2, 4], [3, 4, 6, 8]]
  expect(outputsOf(adapter, layer, [1, 1, 1, 10])).toEqual([[46, 94], [46, 94]]);
});

test.each([
  [256, -1, [16, 16]],
  [128, -1, [8, 16]],
  [127, -1, [1, 127]],
  [128, 4, [4, 32]],
  [6, 4, [2, 3]],
])('splits %d by %d into %j', (size, wanted, parts) => {
  expect(factorization(size, wanted)).toEqual(parts);
});
