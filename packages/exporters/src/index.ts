export { loadCheckpoint, type ExportedModel } from './exported-model.js';
export { exportGguf, GGUF_PRECISIONS, type GgufPrecision } from './gguf/export-gguf.js';
export { exportLora } from './lora/export-lora.js';
export { lowRankAdapter, type KeptEnergy, type LowRankAdapter } from './lora/low-rank.js';
export { exportOnnx, type OnnxOptions } from './onnx/export-onnx.js';
export { ONNX_PRECISIONS, type OnnxPrecision } from './onnx/precision/index.js';
export { recordModel, type OnnxOutput } from './onnx/record-model.js';
