import { expect, test } from '@jest/globals';
import { selectBackend, tf } from '@unmask/tensor-core';
import { testBackend } from '@unmask/testing';
import { hasGraphicsCard, type WebgpuBackend } from '../../index.js';

/** A card, or the SwiftShader of an installed Chromium, which draws with the processor (packages/config/jest.js). */
const available = (hasGraphicsCard() || process.env.VK_ICD_FILENAMES !== undefined) && (await selectBackend('onnxruntime-webgpu').then(() => true, () => false));

/** WGSL lets implementations assume that there are neither NaN nor infinities. */
const skip = {
  'NaN and infinities through unary kernels': 'exp and tanh of NaN are numbers',
  log: 'the logarithm of a negative number is a number',
};

testBackend({ name: 'onnxruntime-webgpu', available, skip, steps: 20 });
testBackend({ name: 'onnxruntime-webgpu', compiled: true, available, skip, steps: 20 });

(available ? test : test.skip)('tensors stay on the card: a chain of kernels uploads its input and downloads its result', async () => {
  await selectBackend('onnxruntime-webgpu');
  const { statistics } = (tf.backend() as WebgpuBackend).device;
  const before = { ...statistics };
  const values = tf.tidy(() => tf.reshape(tf.exp(tf.mul(tf.ones([40, 40]), 2)), [1600]).dataSync());
  expect(values[1599]).toBeCloseTo(Math.exp(2), 4);
  expect(statistics).toEqual({ runs: before.runs + 2, uploads: before.uploads + 1, downloads: before.downloads + 1 });
});
