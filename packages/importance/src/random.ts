import type { ImportanceMetric } from './metric.js';
import { placeHash } from './place-hash.js';

/** Settings of {@link random}. */
export interface RandomOptions {
  /** Integer; equal seeds choose equal entries. */
  readonly seed: number;
}

/**
 * A uniformly random choice that depends on the seed and the entries' places alone.
 * @throws UnmaskError when the seed is no integer
 */
export function random({ seed }: RandomOptions): ImportanceMetric {
  const hash = placeHash(seed);
  return {
    name: 'random',
    uses: [],
    score(_weights, _weightOffset, _gradients, _gradientOffset, count, out, address) {
      for (let i = 0; i < count; i++) out[i] = 1 / (hash(address + i) + 1); // unlike hash / 2^32, this keeps the best scores apart in float32
    },
  };
}
