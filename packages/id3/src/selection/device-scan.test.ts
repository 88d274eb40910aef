import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { d3, type ImportanceMetric } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { hostMemory, Parameter, Random, tf } from '@unmask/tensor-core';
import { selective, uniform } from '../index.js';

/** The cpu engine under another name: its memory then counts as out of the host's reach, as a graphics card's is. */
const DEVICE = 'device';
beforeAll(async () => {
  tf.registerBackend(DEVICE, () => new MathBackendCPU());
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu')) tf.registerKernel({ kernelName, kernelFunc, backendName: DEVICE });
  await tf.setBackend(DEVICE);
});
afterAll(async () => {
  await tf.setBackend('cpu');
  tf.removeBackend(DEVICE);
});

const scoreTensor: ImportanceMetric['scoreTensor'] = (weight, gradient) => tf.div(tf.abs(gradient), tf.add(tf.abs(weight), 1e-3));

function run(metric: ImportanceMetric, distinct: number): { weights: number[]; unmasked: number; downloads: number } {
  const random = new Random(7);
  const value = () => (distinct > 0 ? (random.integer(2 * distinct + 1) - distinct) / 8 : random.normal());
  const parameters = [[40, 30], [50], [9, 100]].map((shape, index) => {
    const parameter = new Parameter(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value));
    parameter.name = `p${index}`;
    return parameter;
  });
  const read = jest.spyOn(tf.Tensor.prototype, 'dataSync');
  const training = selective(adamw(), { metric, schedule: uniform({ budget: 60, steps: 5 }) }).bind(parameters);
  for (let step = 1; step <= 5; step++) {
    for (const parameter of parameters) {
      tf.tidy(() => training.sink(parameter, { tensor: tf.tensor(Array.from({ length: parameter.size }, value), [...parameter.shape]) }));
    }
    training.step(0.01);
  }
  const downloads = read.mock.calls.length;
  read.mockRestore();
  return { weights: parameters.flatMap((parameter) => [...parameter.tensor.dataSync()]), unmasked: training.unmaskedEntries, downloads };
}

test('the engine counts as a device', () => {
  tf.tidy(() => expect(hostMemory(tf.zeros([1]))).toBeUndefined());
});

test.each([0, 3])('on a device the same entries are chosen and trained as on the host, by a few downloads a step (%d distinct values)', (distinct) => {
  const onHost = run(d3(), distinct);
  const onDevice = run({ ...d3(), scoreTensor }, distinct);
  expect(onDevice.weights).toEqual(onHost.weights);
  expect([onDevice.unmasked, onHost.unmasked]).toEqual([60, 60]);
  expect(onDevice.downloads).toBeLessThanOrEqual(5 * 4);
});

test('an engine that computes on the processor, but gives only copies of its memory, is scanned on the host', () => {
  const backend = tf.backend() as tf.KernelBackend & { isUsingGpuDevice?: boolean };
  backend.isUsingGpuDevice = false;
  const scored = jest.fn(scoreTensor);
  const [copied, onHost] = [run({ ...d3(), scoreTensor: scored }, 0), run(d3(), 0)];
  delete backend.isUsingGpuDevice;
  expect(copied.weights).toEqual(onHost.weights);
  expect(scored).not.toHaveBeenCalled();
});

test('a gradient that is not finite is refused on a device as well', () => {
  const parameter = new Parameter([3], Float32Array.of(1, 2, 3));
  const training = selective(adamw(), { metric: { ...d3(), scoreTensor }, schedule: uniform({ budget: 1, steps: 1 }) }).bind([parameter]);
  const before = tf.memory().numTensors;
  tf.tidy(() => training.sink(parameter, { tensor: tf.tensor1d([1, Infinity, 0]) }));
  expect(() => training.step(0.1)).toThrow('is not finite');
  expect(parameter.tensor.dataSync()).toEqual(Float32Array.of(1, 2, 3));
  expect(tf.memory().numTensors).toBe(before);
});
