import type { BlockSource } from './pool.js';

/** JavaScript's own memory: a buffer an array, which the garbage collector takes back. */
export const arrayBuffers: BlockSource<ArrayBufferLike> = {
  make: (bytes) => new ArrayBuffer(bytes),
  view: (buffer, length) => new Float32Array(buffer, 0, length),
  blockOf: ({ buffer }) => buffer,
};
