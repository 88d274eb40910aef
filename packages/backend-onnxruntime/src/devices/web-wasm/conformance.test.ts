import { testBackend } from '@unmask/testing';

testBackend({ name: 'onnxruntime-wasm', steps: 300 });
testBackend({ name: 'onnxruntime-wasm', compiled: true, steps: 300 });
