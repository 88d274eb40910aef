import { ENGINES, testBackend } from './index.js';

// cpu is what the others are compared with, and onnxruntime runs the suite in its own package.
for (const name of new Set(['wasm', ...ENGINES])) if (name !== 'cpu' && name !== 'onnxruntime') testBackend({ name });
