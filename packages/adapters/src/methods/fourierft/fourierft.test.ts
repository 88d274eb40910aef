import { beforeAll, expect, test } from '@jest/globals';
import { Random, selectBackend } from '@unmask/tensor-core';
import { ConfigFields } from '../../config.js';
import { linearOf, outputsOf, set } from '../../parts/one-layer.js';
import { parseFourierFtConfig } from './config.js';
import { FourierFtLinear } from './fourierft.js';

beforeAll(() => selectBackend('cpu'));

test('the update is the inverse transform of its coefficients', () => {
  const layer = linearOf([[0, 0], [0, 0]], [0, 1]);
  const config = parseFourierFtConfig(new ConfigFields({ n_frequency: 4, scaling: 4, random_loc_seed: 0 }));
  const adapter = new FourierFtLinear(layer, 4, config, new Random(1));
  set(adapter.fourierft_spectrum, 1, 2, 3, 4);
  // torch.randperm(4) of seed 0 is 0, 1, 3, 2, so the spectrum is [[1, 2], [4, 3]], and ΔW = [[10, 0], [−4, −2]] by cosines of 0 and π
  expect(outputsOf(adapter, layer, [1, 0])).toEqual([[10, -3], [10, -3]]);
});

test('says that there are too many coefficients', () => {
  expect(() => new FourierFtLinear(linearOf([[0, 0]]), 3, parseFourierFtConfig(new ConfigFields({})), new Random(1))).toThrow('n_frequency is 3, but a weight has 2 entries');
});
