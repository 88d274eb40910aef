import { describe, expect, jest, test } from '@jest/globals';
import { selectBackend, tf } from '../index.js';

// Whatever is installed here: no tfjs-node-gpu, and a tfjs-node that starts, as it does on being imported, but has no kernels.
jest.unstable_mockModule('@tensorflow/tfjs-node-gpu', () => {
  throw Object.assign(new Error("Cannot find package '@tensorflow/tfjs-node-gpu'"), { code: 'ERR_MODULE_NOT_FOUND' });
}, { virtual: true });
jest.unstable_mockModule('@tensorflow/tfjs-node', () => {
  tf.registerBackend('tensorflow', () => new tf.MathBackendCPU());
  void tf.setBackend('tensorflow');
  return {};
}, { virtual: true });

describe('selectBackend', () => {
  test('auto takes the fastest that computes here and says why not a faster one', async () => {
    const { name, message } = await selectBackend();
    expect([name, tf.getBackend()]).toEqual(['onnxruntime', 'onnxruntime']);
    expect(message).toMatch(/^engine: onnxruntime \(no tfjs-node-gpu: @tensorflow\/tfjs-node-gpu is not installed; no tfjs-node: it starts but cannot compute: .*'Add'.*\)$/);
  });

  test('a name chooses, an unknown one is refused with a suggestion', async () => {
    expect(await selectBackend('wasm')).toEqual({ name: 'wasm', message: 'engine: wasm' });
    expect(tf.getBackend()).toBe('wasm');
    await expect(selectBackend('onxruntime')).rejects.toThrow('did you mean "onnxruntime"?');
    await expect(selectBackend('tfjs-node-gpu')).rejects.toThrow('backend tfjs-node-gpu cannot start here: no tfjs-node-gpu: @tensorflow/tfjs-node-gpu is not installed');
  });

  test('one that cannot start leaves the active one as it is', async () => {
    await selectBackend('cpu');
    await expect(selectBackend('tfjs-node')).rejects.toThrow('backend tfjs-node cannot start here: no tfjs-node: it starts but cannot compute: ');
    expect(tf.getBackend()).toBe('cpu');
  });
});
