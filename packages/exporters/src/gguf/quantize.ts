import { BLOCK, quantize4, quantize8 } from '../quantization/blocks.js';
import { halfBits, toHalf } from '../quantization/half.js';
import { GGUF_TYPES, ggufBytes, type GgufType } from './container.js';

/** A scale in half precision and 32 levels a block: for Q4_0 entries i and i + 16 share a byte (ggml-quants.c). */
function inBlocks(values: Float32Array, type: 'Q4_0' | 'Q8_0'): Uint8Array {
  const { bytes } = GGUF_TYPES[type];
  const result = new Uint8Array(ggufBytes(type, [values.length]));
  for (let start = 0, at = 0; start < values.length; start += BLOCK, at += bytes) {
    const { scale, levels } = type === 'Q4_0' ? quantize4(values, start, start + BLOCK) : quantize8(values, start);
    const half = halfBits(scale);
    result[at] = half & 0xff;
    result[at + 1] = half >> 8;
    if (type === 'Q8_0') for (let entry = 0; entry < BLOCK; entry++) result[at + 2 + entry] = levels[entry];
    else for (let entry = 0; entry < BLOCK / 2; entry++) result[at + 2 + entry] = levels[entry] | (levels[entry + BLOCK / 2] << 4);
  }
  return result;
}

/** Numbers as a tensor of a GGUF file has them; rows must be multiples of 32 for Q4_0 and Q8_0. */
export function ggufData(values: Float32Array, type: GgufType): Uint8Array {
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return type === 'F16' ? toHalf(values) : inBlocks(values, type);
}
