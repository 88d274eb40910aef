import { UnmaskError } from '@unmask/tensor-core';
import type { EstimatedMetric } from './metric.js';

/**
 * Empirical Fisher information, the choice of FishMask (Sung et al., NeurIPS 2021): of an entry's gradients gₙ of the loss
 * of N single samples with their true labels,
 *
 *     F(θ) = Σₙ gₙ²
 *
 * FishMask divides by N, which changes no order. Give `observe` the gradients of one sample at a time: those of a batch
 * cancel out before they are squared. Costs a float an entry until `end`; each addition is computed in float64 and
 * rounded to float32. Squares below float32's range are lost: an entry whose gradients are all below 2e-23 scores zero.
 *
 * `observe` and `score` throw an UnmaskError out of turn and for entries beyond the size that `begin` was given, `observe`
 * also for a gradient that is not finite: its sample is then taken in by half, so begin again.
 */
export function fisher(): EstimatedMetric {
  let sums: Float32Array | undefined;
  let observed = false;

  const sumsOf = (address: number, count: number): Float32Array => {
    if (!sums) throw new UnmaskError('fisher has no estimate: call begin, then observe with the gradients of some samples, before it scores and before end');
    if (address + count > sums.length) {
      throw new UnmaskError(`fisher was begun with ${sums.length} entries and is given entry ${address + count - 1}: begin with the size of all entries`);
    }
    return sums.subarray(address, address + count);
  };

  return {
    name: 'fisher',
    uses: [],
    begin(size) {
      if (!(Number.isInteger(size) && size >= 0)) throw new UnmaskError(`fisher is begun with ${size} entries: give an integer of at least 0`);
      sums = new Float32Array(size);
      observed = false;
    },
    observe(gradients, gradientOffset, count, address) {
      const part = sumsOf(address, count);
      for (let i = 0; i < count; i++) {
        const gradient = gradients[gradientOffset + i];
        part[i] += gradient * gradient;
        if (!(part[i] < Infinity)) {
          throw new UnmaskError(`fisher is given the gradient ${gradient} at entry ${address + i}: leave bad samples out and begin again`, { code: 'bad-data' });
        }
      }
      observed = true;
    },
    score(_weights, _weightOffset, _gradients, _gradientOffset, count, out, address) {
      const part = sumsOf(address, count);
      if (!observed) throw new UnmaskError('fisher has seen no gradients: call observe with those of some samples before it scores');
      out.set(part);
    },
    end() {
      sums = undefined;
    },
  };
}
