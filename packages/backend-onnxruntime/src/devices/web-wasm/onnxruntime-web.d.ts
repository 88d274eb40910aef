declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
