import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseVeraConfig } from './config.js';
import { Projections, VeraLinear } from './vera.js';

beforeAll(() => selectBackend('cpu'));

test('trains vectors around projections that layers of several sizes share', () => {
  const layers = [linearOf([[1, 0]], [1]), linearOf([[0, 0, 0], [0, 0, 0]], [0, 0])];
  const config = parseVeraConfig(new ConfigFields({ r: 2 }));
  const projections = new Projections(layers, config);
  expect([projections.vera_A.shape, projections.vera_B.shape]).toEqual([[2, 3], [2, 2]]);
  expect(projections.parameters().map(({ trainable }) => trainable)).toEqual([false, false]);
  set(projections.vera_A, 1, 2, 3, 4, 5, 6);
  set(projections.vera_B, 1, 2, 3, 4);
  const adapter = new VeraLinear(layers[0], config, projections, new Random(1));
  expect(adapter.parameters().map(({ size }) => size)).toEqual([1, 2]);
  expect(outputsOf(adapter, layers[0], [1, 1])[0]).toEqual([2]);
  set(adapter.vera_lambda_d, 1, 0.1);
  set(adapter.vera_lambda_b, 2);
  // A·x = (3, 9), λ_d: (3, 0.9), B: 3 + 1.8, λ_b: 9.6
  expect(outputsOf(adapter, layers[0], [1, 1])).toEqual([[11.6], [11.6]]);
});
