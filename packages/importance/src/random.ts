import { UnmaskError } from '@unmask/tensor-core';
import type { ImportanceMetric } from './metric.js';

/** Settings of {@link random}. */
export interface RandomOptions {
  /** Integer; equal seeds choose equal entries. */
  readonly seed: number;
}

/** The finalizer of MurmurHash3: a bijection of 32-bit integers in which every input bit reaches every output bit. */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/**
 * A uniformly random choice that depends on the seed and the entries' places alone.
 * @throws UnmaskError when the seed is no integer
 */
export function random({ seed }: RandomOptions): ImportanceMetric {
  if (!Number.isSafeInteger(seed)) throw new UnmaskError(`the seed is ${seed}: give an integer`);
  const [before, between] = [mix(seed ^ mix(Math.floor(seed / 2 ** 32))), mix(~seed)];
  return {
    name: 'random',
    uses: [],
    score(_weights, _weightOffset, _gradients, _gradientOffset, count, out, address) {
      for (let i = 0; i < count; i++) {
        const hash = mix(mix((address + i) ^ before) + between) >>> 0;
        out[i] = 1 / (hash + 1); // unlike hash / 2^32, this keeps the best scores apart in float32
      }
    },
  };
}
