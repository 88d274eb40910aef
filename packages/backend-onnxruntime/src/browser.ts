import '@tensorflow/tfjs-backend-cpu';
import { OnnxruntimeBackend } from './backends/host-backend.js';
import type { WasmSettings } from './devices/web-wasm/module.js';
import { webWasm } from './devices/web-wasm/web-wasm.js';
import { register } from './register.js';

export { OnnxruntimeBackend } from './backends/host-backend.js';
export type { PoolStatistics } from './devices/host/pool.js';
export type { WasmSettings } from './devices/web-wasm/module.js';

/** Settings of the engine in a browser; they count until it starts. */
export const wasmSettings: WasmSettings = {};

/** onnxruntime-web's own limit, where nothing is set. */
const MOST_THREADS = 4;

/** What is used of a page or worker. */
const page = globalThis as unknown as { readonly crossOriginIsolated: boolean; readonly navigator: { readonly hardwareConcurrency: number } };

const start = async () => {
  const threads = page.crossOriginIsolated ? (wasmSettings.numThreads ?? Math.min(MOST_THREADS, page.navigator.hardwareConcurrency)) : 1;
  return new OnnxruntimeBackend(await webWasm({ ...wasmSettings, numThreads: threads }));
};

register({ name: 'onnxruntime', priority: 3, start });
register({ name: 'onnxruntime-wasm', priority: 2, start });
