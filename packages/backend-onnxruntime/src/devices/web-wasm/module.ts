/** What this package uses of the Emscripten module in onnxruntime-web (its wasm-types.ts and wasm-core-impl.ts). */
export interface WasmModule {
  readonly PTR_SIZE: number;
  /** A view of the whole heap, as long as it is now. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  stackSave(): number;
  stackRestore(stack: number): void;
  stackAlloc(bytes: number): number;
  setValue(pointer: number, value: number, type: 'i32' | '*'): void;
  getValue(pointer: number, type: '*'): number;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  UTF8ToString(pointer: number): string;
  _OrtInit(threads: number, logLevel: number): number;
  _OrtGetLastError(code: number, message: number): number;
  _OrtCreateSessionOptions(...options: number[]): number;
  _OrtAddSessionConfigEntry(options: number, key: number, value: number): number;
  _OrtReleaseSessionOptions(options: number): number;
  _OrtCreateSession(model: number, bytes: number, options: number): number;
  _OrtReleaseSession(session: number): number;
  _OrtCreateTensor(type: number, data: number, bytes: number, dimensions: number, rank: number, location: number): number;
  _OrtReleaseTensor(tensor: number): number;
  _OrtRun(session: number, inputNames: number, inputs: number, inputCount: number, outputNames: number, outputCount: number, outputs: number, options: number): number;
}

/** Where onnxruntime-web's files lie, and how many threads it takes: to be set before the engine starts. Names as in onnxruntime's own `env.wasm`. */
export interface WasmSettings {
  /** URL of a folder with `ort-wasm-simd-threaded.mjs` and `.wasm`; where Node or the page's import map finds the package when left out. */
  wasmPaths?: string;
  /** 1 where the page is not isolated (COOP and COEP headers), for threads need shared memory; else, by default, the processor's cores, at most 4. */
  numThreads?: number;
}

type Factory = (options: { numThreads: number; locateFile?: (file: string) => string }) => Promise<WasmModule>;

/** Errors only. */
const LOG_LEVEL = 3;

/** Loads onnxruntime-web's plain wasm. It starts threads by its own URL, so bundlers are to leave it where it is. */
export async function loadWasm({ wasmPaths, numThreads = 1 }: WasmSettings): Promise<WasmModule> {
  const url = wasmPaths && `${wasmPaths}${wasmPaths.endsWith('/') ? '' : '/'}`;
  const { default: factory } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ `${url ?? 'onnxruntime-web/'}ort-wasm-simd-threaded.mjs`)) as { default: Factory };
  const module = await factory({ numThreads, ...(url && { locateFile: (file: string) => url + file }) });
  if (module._OrtInit(numThreads, LOG_LEVEL) !== 0) throw lastError(module);
  return module;
}

/** What onnxruntime says of the call that failed just now. */
export function lastError(module: WasmModule): Error {
  const stack = module.stackSave();
  const pointer = module.stackAlloc(2 * module.PTR_SIZE);
  module._OrtGetLastError(pointer, pointer + module.PTR_SIZE);
  const message = module.UTF8ToString(module.getValue(pointer + module.PTR_SIZE, '*'));
  module.stackRestore(stack);
  return new Error(message || 'onnxruntime-web failed without a message');
}

/** A zero-terminated string on the heap. */
export function textOnHeap(module: WasmModule, text: string): number {
  const bytes = module.lengthBytesUTF8(text) + 1;
  const pointer = module._malloc(bytes);
  module.stringToUTF8(text, pointer, bytes);
  return pointer;
}
