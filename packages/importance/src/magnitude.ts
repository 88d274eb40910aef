import type { ImportanceMetric } from './metric.js';

/** Settings of {@link magnitude}. */
export interface MagnitudeOptions {
  /** Which weights score high: `'smallest'` is PaFi's choice (Liao et al., ACL 2023). */
  readonly keep: 'smallest' | 'largest';
}

const SIGNLESS = 0x7fffffff;
/** Bits of the largest finite float32. */
const LARGEST = 0x7f7fffff;

/**
 * Ranks by |θ| alone, exactly: two different magnitudes never tie. With `'largest'` the score is |θ|, so an exact zero
 * is never chosen. With `'smallest'` an exact zero scores highest; the score is then only an order, not a quantity.
 */
export function magnitude({ keep }: MagnitudeOptions): ImportanceMetric {
  if (keep !== 'smallest' && keep !== 'largest') throw new RangeError(`keep is "${String(keep)}": give "smallest" or "largest"`);
  return {
    name: `magnitude-${keep}`,
    uses: ['weight'],
    score(weights, weightOffset, _gradients, _gradientOffset, count, out) {
      if (keep === 'largest') {
        for (let i = 0; i < count; i++) out[i] = Math.abs(weights[weightOffset + i]);
        return;
      }
      // The bits of positive floats are ordered as the floats are, so subtracting bits reverses the order without the
      // rounding that 1/|θ| would bring. Weights that are not finite come out as NaN.
      const weightBits = new Uint32Array(weights.buffer, weights.byteOffset + 4 * weightOffset, count);
      const outBits = new Uint32Array(out.buffer, out.byteOffset, count);
      for (let i = 0; i < count; i++) outBits[i] = LARGEST - (weightBits[i] & SIGNLESS);
    },
  };
}
