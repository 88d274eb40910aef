import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const SHARED = [
  'ArrayBuffer', 'SharedArrayBuffer', 'DataView',
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
];

const { createContext } = vm;

/**
 * Jest's realm for tests, but for two things:
 *
 * - Its global object is a plain one. Jest's stands behind a proxy, where each `Math` or `Float32Array` that a kernel mentions
 *   is a call: the `cpu` backend took four times as long.
 * - Its typed arrays are those of the outer realm, for native addons such as onnxruntime-node do not recognise others: "A
 *   float32 tensor's data must be type of function Float32Array".
 */
export default class PlainGlobalEnvironment extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} parameters */
  constructor(...parameters) {
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...parameters);
    } finally {
      vm.createContext = createContext;
    }
    for (const name of SHARED) {
      Reflect.set(this.global, name, Reflect.get(globalThis, name));
    }
  }
}
