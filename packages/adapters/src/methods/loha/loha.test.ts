import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { lycorisOptions } from '../../parts/lycoris.js';
import { parseLoHaConfig } from './config.js';
import { LoHaLinear } from './loha.js';

beforeAll(() => selectBackend('cpu'));

test('multiplies two low-rank updates entry by entry', () => {
  const layer = linearOf([[1, 0], [0, 1]], [1, 2]);
  const config = parseLoHaConfig(new ConfigFields({ r: 1, alpha: 2 }));
  const adapter = new LoHaLinear(layer, lycorisOptions('', config, true), true, new Random(1));
  expect(outputsOf(adapter, layer, [3, 4])[0]).toEqual([4, 6]); // B₂ starts at zero
  set(adapter.hada_w1_a, 1, 2);
  set(adapter.hada_w1_b, 3, 4); // [[3, 4], [6, 8]]
  set(adapter.hada_w2_a, 1, 1);
  set(adapter.hada_w2_b, 1, 0.5); // [[1, ½], [1, ½]]
  // ΔW = 2·[[3, 2], [6, 4]], so ΔW·(3, 4) = (34, 68)
  expect(outputsOf(adapter, layer, [3, 4])).toEqual([[38, 74], [38, 74]]);
});

test('leaves out outputs of the update in training, and makes the others larger', () => {
  const layer = linearOf(Array.from({ length: 400 }, () => [0]));
  const adapter = new LoHaLinear(layer, { rank: 1, scale: 1, rankDropout: 0.25, moduleDropout: 0, rescale: true }, true, new Random(1));
  for (const parameter of adapter.parameters()) parameter.modify((values) => values.fill(1));
  const outputs = adapter.forward(tf.ones([1, 1]), (x) => layer.forward(x), new Random(2)).dataSync<'float32'>();
  const kept = outputs.filter((value) => value !== 0);
  expect(kept.length / 400).toBeCloseTo(0.75, 1);
  expect(kept[0]).toBeCloseTo(400 / kept.length, 4);
});
