import { UnmaskError } from '@unmask/tensor-core';

/** The finalizer of MurmurHash3: a bijection of 32-bit integers in which every input bit reaches every output bit. */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/**
 * Random numbers of places: address → an integer of [0, 2³²), which depends on the seed and the address alone.
 * @throws UnmaskError when the seed is no integer
 */
export function placeHash(seed: number): (address: number) => number {
  if (!Number.isSafeInteger(seed)) throw new UnmaskError(`the seed is ${seed}: give an integer`);
  const [before, between] = [mix(seed ^ mix(Math.floor(seed / 2 ** 32))), mix(~seed)];
  return (address) => mix(mix(address ^ before) + between) >>> 0;
}
