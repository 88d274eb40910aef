import type { Dtype } from './header.js';

/** Arrays of elements that float32 takes as they are. */
const ARRAYS = { F64: Float64Array, I32: Int32Array, I16: Int16Array, I8: Int8Array, U32: Uint32Array, U16: Uint16Array, U8: Uint8Array, BOOL: Uint8Array } as const;

let halfTable: Float32Array | undefined;

/** float32 of each of the 65,536 half-precision bit patterns. */
function halfValues(): Float32Array {
  if (halfTable) return halfTable;
  halfTable = new Float32Array(65_536);
  for (let bits = 0; bits < 65_536; bits++) {
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    const magnitude =
      exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15);
    halfTable[bits] = sign * magnitude;
  }
  return halfTable;
}

/** Element types that become float32. */
type ComputedDtype = 'F32' | 'F16' | 'BF16' | 'I64' | 'U64' | keyof typeof ARRAYS;

/** Whether elements of a type become float32; the others are floating point in few bits, and complex numbers. */
export const isComputedIn = (dtype: Dtype): dtype is ComputedDtype => ['F32', 'F16', 'BF16', 'I64', 'U64', ...Object.keys(ARRAYS)].includes(dtype);

/**
 * Raw little-endian elements as float32: exact for F16 and BF16, rounded for F64 and large integers.
 * @param bytes a buffer of its own, so that its elements are aligned
 */
export function toFloat32(dtype: ComputedDtype, bytes: ArrayBuffer): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes);
    case 'F16': {
      const table = halfValues();
      const source = new Uint16Array(bytes);
      const values = new Float32Array(source.length);
      for (let index = 0; index < source.length; index++) values[index] = table[source[index]]!;
      return values;
    }
    case 'BF16': {
      // A bfloat16 is the upper half of a float32.
      const source = new Uint16Array(bytes);
      const values = new Uint32Array(source.length);
      for (let index = 0; index < source.length; index++) values[index] = source[index] << 16;
      return new Float32Array(values.buffer);
    }
    case 'I64':
      return Float32Array.from(new BigInt64Array(bytes), Number);
    case 'U64':
      return Float32Array.from(new BigUint64Array(bytes), Number);
    default:
      return Float32Array.from(new ARRAYS[dtype](bytes));
  }
}

/** float32 as little-endian bfloat16, rounded to the nearest, of two as near to the even one. */
export function toBfloat16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const upper = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const word = bits[index];
    upper[index] = Number.isNaN(values[index]) ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return new Uint8Array(upper.buffer);
}
