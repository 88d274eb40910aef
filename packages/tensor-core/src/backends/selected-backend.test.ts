import { expect, test } from '@jest/globals';
import { chosen } from './selected-backend.js';

const gpu = { name: 'tfjs-node-gpu', why: '@tensorflow/tfjs-node-gpu is not installed', missing: true };
const card = { name: 'onnxruntime-webgpu', why: 'there is no graphics card', missing: false };
const fast = { name: 'onnxruntime', why: '@unmask/backend-onnxruntime is not installed', missing: true };

test('engines that are not installed are no news', () => {
  expect(chosen('onnxruntime', undefined, [gpu, card])).toEqual({ name: 'onnxruntime', message: 'engine: onnxruntime (no onnxruntime-webgpu: there is no graphics card)' });
  expect(chosen('onnxruntime', 'by WebAssembly', [gpu])).toEqual({ name: 'onnxruntime', message: 'engine: onnxruntime, by WebAssembly' });
});

test('the fast one is, with what to type', () => {
  const remedy = 'npm install @unmask/backend-onnxruntime';
  expect(chosen('wasm', undefined, [gpu, { ...card, missing: true }, fast])).toEqual({ name: 'wasm', message: `engine: wasm (onnxruntime is many times as fast: ${remedy})`, remedy });
  expect(chosen('tfjs-node', undefined, [gpu, fast])).toEqual({ name: 'tfjs-node', message: 'engine: tfjs-node' });
});

test('what is installed and fails says why', () => {
  expect(chosen('wasm', undefined, [{ name: 'onnxruntime', why: 'no binary', missing: false }]).message).toBe('engine: wasm (no onnxruntime: no binary)');
});
