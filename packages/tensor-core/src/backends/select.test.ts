import { describe, expect, test } from '@jest/globals';
import { describeEngines } from '@unmask/testing';
import { Parameter, selectBackend, tf } from '../index.js';

describe('selectBackend', () => {
  test('auto takes the fastest that is here and says why not a faster one', async () => {
    const { name, message } = await selectBackend();
    expect(name).toBe('onnxruntime');
    expect(message).toMatch(/^engine: onnxruntime \(no tfjs-node-gpu: @tensorflow\/tfjs-node-gpu is not installed; no tfjs-node: /);
  });

  test('a name chooses, an unknown one is refused with a suggestion', async () => {
    expect(await selectBackend('wasm')).toEqual({ name: 'wasm', message: 'engine: wasm' });
    expect(tf.getBackend()).toBe('wasm');
    await expect(selectBackend('onxruntime')).rejects.toThrow('did you mean "onnxruntime"?');
    await expect(selectBackend('tfjs-node')).rejects.toThrow('backend tfjs-node cannot start here: no tfjs-node: @tensorflow/tfjs-node is not installed');
  });
});

describeEngines('a parameter', () => {
  test('can be changed on the host, and the engine sees it', () => {
    const parameter = new Parameter([2, 2], Float32Array.of(1, 2, 3, 4));
    parameter.modify((values) => (values[3] = 10));
    expect([...parameter.read()]).toEqual([1, 2, 3, 10]);
    expect(tf.tidy(() => tf.sum(parameter.tensor).dataSync()[0])).toBe(16);
    parameter.dispose();
  });
});
