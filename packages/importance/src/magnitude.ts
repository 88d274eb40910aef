import { tf, UnmaskError } from '@unmask/tensor-core';
import type { ImportanceMetric } from './metric.js';

/** Settings of {@link magnitude}. */
export interface MagnitudeOptions {
  /** Which weights score high: `'smallest'` is PaFi's choice (Liao et al., ACL 2023). */
  readonly keep: 'smallest' | 'largest';
}

const SIGNLESS = 0x7fffffff;
/** Bits of the largest finite float32. */
const LARGEST = 0x7f7fffff;
/** The smallest normal float32: its reciprocal is finite. */
const TINY = 2 ** -126;

/**
 * Ranks by |θ| alone, exactly: two different magnitudes never tie. With `'largest'` the score is |θ|, so an exact zero
 * is never chosen. With `'smallest'` an exact zero scores highest; the score is then only an order, not a quantity.
 *
 * `scoreTensor` has no access to bits: with `'smallest'` it is 1 / (|θ| + 2⁻¹²⁶), in the same order, but magnitudes that
 * differ by less than about 2e-7 of their size may tie, and so may those below 1e-38.
 * @throws UnmaskError when `keep` is neither
 */
export function magnitude({ keep }: MagnitudeOptions): ImportanceMetric {
  if (keep !== 'smallest' && keep !== 'largest') throw new UnmaskError(`keep is "${String(keep)}": give "smallest" or "largest"`);
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
    scoreTensor: (weight) => (keep === 'largest' ? tf.abs(weight) : tf.reciprocal(tf.add(tf.abs(weight), TINY))),
  };
}
