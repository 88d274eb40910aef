import { TestEnvironment } from 'jest-environment-node';

const SHARED = [
  'ArrayBuffer', 'SharedArrayBuffer', 'DataView',
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
];

/**
 * Jest runs tests in a realm with its own typed arrays, which native addons such as onnxruntime-node do not recognise:
 * "A float32 tensor's data must be type of function Float32Array". Tests get the outer realm's classes instead.
 */
export default class SharedTypedArraysEnvironment extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} parameters */
  constructor(...parameters) {
    super(...parameters);
    for (const name of SHARED) {
      Reflect.set(this.global, name, Reflect.get(globalThis, name));
    }
  }
}
