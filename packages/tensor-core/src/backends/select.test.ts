import { describe, expect, jest, test } from '@jest/globals';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { selectBackend, tf } from '../index.js';

// Whatever is installed here: a tfjs-node-gpu without a card, and a tfjs-node that starts, as it does on being imported, but has no kernels.
class NoCard extends MathBackendCPU {
  readonly isUsingGpuDevice = false;
}
const registered = () => {
  if (!tf.findBackendFactory('tensorflow')) tf.registerBackend('tensorflow', () => new NoCard());
  void tf.setBackend('tensorflow');
  return {};
};
jest.unstable_mockModule('@tensorflow/tfjs-node-gpu', registered, { virtual: true });
jest.unstable_mockModule('@tensorflow/tfjs-node', registered, { virtual: true });

describe('selectBackend', () => {
  test('auto takes the fastest that computes here and says why not a faster one', async () => {
    const { name, message } = await selectBackend();
    expect([name, tf.getBackend()]).toEqual(['onnxruntime', 'onnxruntime']);
    expect(message).toBe('engine: onnxruntime (no tfjs-node-gpu: it finds no graphics card; no onnxruntime-webgpu: there is no graphics card)');
  });

  test('a name chooses, an unknown one is refused with a suggestion', async () => {
    expect(await selectBackend('wasm')).toEqual({ name: 'wasm', message: 'engine: wasm' });
    expect(tf.getBackend()).toBe('wasm');
    await expect(selectBackend('onxruntime')).rejects.toThrow('did you mean "onnxruntime"?');
    await expect(selectBackend('webgpu')).rejects.toThrow('backend webgpu cannot start here: no webgpu: @tensorflow/tfjs-backend-webgpu is not installed');
  });

  test.each(['two', '0', '-1', '2.5', '1e9', ' '])('UNMASK_THREADS=%s is an error', async (threads) => {
    process.env.UNMASK_THREADS = threads;
    await expect(selectBackend('cpu')).rejects.toThrow(`UNMASK_THREADS is ${JSON.stringify(threads)}: give a whole number from 1 up`);
    delete process.env.UNMASK_THREADS;
  });

  test('one that cannot start leaves the active one as it is', async () => {
    await selectBackend('cpu');
    await expect(selectBackend('tfjs-node')).rejects.toThrow('backend tfjs-node cannot start here: no tfjs-node: it starts but cannot compute: ');
    expect(tf.getBackend()).toBe('cpu');
  });
});
