const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The largest half-precision number. */
export const LARGEST_HALF = 65_504;

/** A number in IEEE half precision, as its 16 bits; rounded to the nearest, of two as near to the even one. Beyond the range it is infinite. */
export function halfBits(value: number): number {
  float[0] = value;
  const word = bits[0];
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x4780_0000) return sign | 0x7c00; // 65536 and beyond
  if (magnitude >= 0x3880_0000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x3800_0000) >>> 13); // a carry reaches into the exponent, up to infinity
  }
  const scaled = Math.abs(value) * 2 ** 24; // subnormal: a multiple of 2⁻²⁴
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return sign | (floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0));
}

/** The number of 16 bits of half precision. */
export function halfValue(half: number): number {
  const [sign, exponent, fraction] = [half >> 15 ? -1 : 1, (half >> 10) & 31, half & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Numbers in half precision, little-endian; those beyond ±`limit` become it. */
export function toHalf(values: Float32Array, limit = Infinity): Uint8Array {
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) halves[index] = halfBits(Math.min(limit, Math.max(-limit, values[index])));
  return new Uint8Array(halves.buffer);
}
