import type { Dtype } from './header.js';

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

/**
 * Raw little-endian elements as float32: exact for F16 and BF16, rounded for F64 and large integers.
 * @param bytes a buffer of its own, so that its elements are aligned
 */
export function toFloat32(dtype: Dtype, bytes: ArrayBuffer): Float32Array {
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
    default:
      return Float32Array.from(toTyped(dtype, bytes));
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

function toTyped(dtype: 'F64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL', bytes: ArrayBuffer): ArrayLike<number> {
  switch (dtype) {
    case 'F64':
      return new Float64Array(bytes);
    case 'I32':
      return new Int32Array(bytes);
    case 'I16':
      return new Int16Array(bytes);
    case 'I8':
      return new Int8Array(bytes);
    default:
      return new Uint8Array(bytes);
  }
}
