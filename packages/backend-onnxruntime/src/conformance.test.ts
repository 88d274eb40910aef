import { expect, test } from '@jest/globals';
import { selectBackend, tf } from '@unmask/tensor-core';
import { testBackend } from '@unmask/testing';
import type { OnnxruntimeBackend } from './index.js';

testBackend({ name: 'onnxruntime' });
testBackend({ name: 'onnxruntime', compiled: true });

test('memory is reused, so that a thousand rounds of changing sizes allocate little', async () => {
  await selectBackend('onnxruntime');
  const backend = tf.backend() as OnnxruntimeBackend;
  const round = (size: number) => tf.tidy(() => tf.exp(tf.mul(tf.ones([size]), 2)));
  for (let size = 1000; size < 1100; size++) round(size).dispose();
  const before = backend.poolStatistics.allocations;
  for (let count = 0; count < 1000; count++) round(1000 + (count % 100)).dispose();
  expect(backend.poolStatistics.allocations - before).toBeLessThan(5);
});
